// What a test wants to know of a page, as plain values. Each function runs inside the page.
({
  words() {
    const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("style")) found.push(walker.currentNode.data);
    const named = [...document.querySelectorAll("*")].flatMap(element =>
      [...element.attributes].filter(({name}) => /^(aria-(label|description|roledescription)|title|alt)$/.test(name)));
    return [...found, ...named.map(attribute => attribute.value)].map(text => text.trim()).filter(Boolean);
  },

  overflow() {
    const root = document.documentElement;
    return root.scrollWidth - root.clientWidth;
  },

  headings() {
    return [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(heading => Number(heading.tagName[1]));
  },

  // How many elements there are for readers, and how many rows of tables.
  size() {
    return {nodes: document.querySelectorAll("*").length, rows: document.querySelectorAll("tr").length};
  },

  policy() {
    const meta = document.querySelector('meta[http-equiv="Content-Security-Policy"]');
    const inline = kind => [...document.querySelectorAll(kind)].map(element => element.textContent);
    const first = document.head.compareDocumentPosition(meta) & Node.DOCUMENT_POSITION_CONTAINED_BY;
    return {policy: meta.content, inHead: Boolean(first), styles: inline("style"), scripts: inline("script")};
  },

  // Try what a page must refuse; return what came through, and what the browser said it refused.
  async intrude() {
    const refused = [];
    document.addEventListener("securitypolicyviolation", event => refused.push(event.effectiveDirective));
    const add = (tag, content, attributes = {}) => {
      const element = Object.assign(document.createElement(tag), attributes);
      element.textContent = content;
      document.body.append(element);
      return element;
    };
    add("script", "window.intruder = true");
    add("style", "h1 { position: fixed !important }");
    const styled = add("p", "");
    styled.setAttribute("style", "position: fixed");
    const failed = add("img", "", {src: "file:///intruder.png"});
    const frame = add("iframe", "", {src: "file:///intruder.html"});
    const fetched = await fetch("file:///intruder.json").then(() => true, () => false);
    await new Promise(done => setTimeout(done, 200));
    const through = {
      script: Boolean(window.intruder),
      style: getComputedStyle(document.querySelector("h1")).position === "fixed",
      attribute: getComputedStyle(styled).position === "fixed",
      picture: failed.naturalWidth > 0,
      fetched,
    };
    frame.remove();
    return {through: Object.keys(through).filter(name => through[name]), refused: [...new Set(refused)].sort()};
  },

  // Each chart: whether it shows, what its figure has, and the words and numbers in it and in its table.
  charts() {
    const number = /[-+−]?\d+(?:[.]\d{3})*(?:,\d+)?%?/g;
    const numbers = text => (text.match(number) ?? []).map(found => found.replace(/^[-+−]/, ""));
    // An axis: numbers in a row or a column, as far apart as they differ.
    const isAxis = texts => {
      const values = texts.map(text => Number(text.textContent.replace("%", "").replace(".", "").replace(",", ".")));
      const places = texts.map(text => {
        const box = text.getBBox();
        return new DOMPoint(box.x + box.width / 2, box.y + box.height / 2).matrixTransform(text.getCTM());
      });
      const steps = list => list.slice(1).map((next, i) => Math.abs(next - list[i]));
      const even = list => list.length > 0 && list.every(step => Math.abs(step - list[0]) < 0.02 * list[0]);
      const scale = way => steps(places.map(place => place[way])).map((step, i) => step / steps(values)[i]);
      const inRow = new Set(places.map(place => Math.round(place.y))).size === 1;
      const inColumn = new Set(texts.map(text => Math.round(text.getCTM().e))).size === 1;
      return !values.some(Number.isNaN) && ((inRow && even(scale("x"))) || (inColumn && even(scale("y"))));
    };
    return [...document.querySelectorAll("figure svg")].map(svg => {
      const figure = svg.closest("figure");
      const box = svg.getBoundingClientRect();
      const table = figure.querySelector("table");
      const texts = [...svg.querySelectorAll("text")].filter(text => text.textContent.trim());
      const groups = Map.groupBy(texts, text => text.parentElement);
      const data = [...groups.values()].filter(group => !isAxis(group)).flat();
      return {
        id: figure.id,
        role: svg.getAttribute("role"),
        label: svg.getAttribute("aria-label"),
        visible: svg.checkVisibility({opacityProperty: true, visibilityProperty: true}) && box.width > 200
          && box.height > 30 && svg.querySelectorAll("path, rect, circle, line, text").length > 0,
        caption: figure.querySelector("figcaption")?.textContent.trim() ?? "",
        tableCaption: table?.caption?.textContent.trim() ?? "",
        unscoped: [...(table?.querySelectorAll("th") ?? [])].filter(th => !th.scope).length,
        rowHeads: [...(table?.querySelectorAll("tbody tr") ?? [])].filter(row => !row.querySelector("th[scope=row]")).length,
        drawn: data.flatMap(text => numbers(text.textContent)),
        said: [svg.ariaLabel, ...[...figure.querySelectorAll("figcaption, caption, th, td")].map(part => part.textContent)]
          .flatMap(numbers),
      };
    });
  },

  tables() {
    return [...document.querySelectorAll("table")].map(table => ({
      caption: table.caption?.textContent.trim() ?? "",
      unscoped: [...table.querySelectorAll("th")].filter(th => !th.scope).length,
      inFigure: Boolean(table.closest("figure")),
    }));
  },

  // The heights of a chart's bars in the units of its axis, as the browser drew them.
  bars([id, colours]) {
    const svg = document.getElementById(id).querySelector("svg");
    const placed = text => ({value: Number(text.textContent), y: text.getCTM().f});
    const ticks = [...Map.groupBy(svg.querySelectorAll("text"), text => text.parentElement).values()]
      .find(group => group.length > 2 && group.every(text => /^\d+$/.test(text.textContent))).map(placed);
    const zero = ticks.find(tick => tick.value === 0);
    const other = ticks.find(tick => tick.value > 0);
    const unit = Math.abs(other.y - zero.y) / other.value;
    const scale = svg.getCTM().d;
    return colours.map(colour => [...svg.querySelectorAll("path")]
      .filter(path => new RegExp(`--keten-${colour}(-licht)?,`).test(path.getAttribute("fill")))
      .map(path => Math.round(path.getBBox().height * scale / unit)).filter(Boolean));
  },

  // Words in charts that stand over another, or are cut off.
  crowded() {
    const ink = text => {
      const {left, right, top, bottom, height} = text.getBoundingClientRect();
      return text.textContent === "–" ? {left, right, top: top + height * 0.4, bottom: bottom - height * 0.4}
        : {left, right, top, bottom};
    };
    return [...document.querySelectorAll("figure svg")].flatMap(svg => {
      const frame = svg.getBoundingClientRect();
      const texts = [...svg.querySelectorAll("text")].filter(text => text.textContent.trim())
        .map(text => ({words: text.textContent, box: ink(text)}));
      const cut = texts.filter(({box}) => box.left < frame.left - 1 || box.right > frame.right + 1
        || box.top < frame.top - 1 || box.bottom > frame.bottom + 1).map(({words}) => `${words} (afgesneden)`);
      const over = texts.flatMap((a, i) => texts.slice(i + 1).filter(b => a.words !== b.words
        && Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > 1
        && Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 1).map(b => `${a.words} / ${b.words}`));
      return [...new Set([...cut, ...over])];
    });
  },

  // Each text in a chart with its contrast to what is painted under it.
  contrasts() {
    const parts = colour => colour.match(/[\d.]+/g).map(Number);
    const over = (under, colour, opacity) => {
      const [red, green, blue, alpha = 1] = parts(colour);
      return under.map((value, i) => value + alpha * opacity * ([red, green, blue][i] - value));
    };
    const linear = value => (value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    const light = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue) + 0.05;
    const opacity = style => Number(style.fillOpacity) * Number(style.opacity);
    const paper = parts(getComputedStyle(document.body).backgroundColor);
    // Words that are drawn twice have the colour of the paper around them.
    const isEdge = text => getComputedStyle(text).stroke !== "none" && getComputedStyle(text).stroke === getComputedStyle(text).fill;
    const place = text => `${text.textContent} ${Math.round(text.getCTM().e)} ${Math.round(text.getCTM().f)}`;
    return [...document.querySelectorAll("figure svg")].flatMap(svg => {
      svg.scrollIntoView({block: "center"});
      const texts = [...svg.querySelectorAll("text")].filter(text => text.textContent.trim());
      const edged = new Set(texts.filter(isEdge).map(place));
      return texts.filter(text => !isEdge(text)).map(text => {
        const box = text.getBoundingClientRect();
        const shapes = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2)
          .filter(element => svg.contains(element) && !["svg", "g", "text", "tspan"].includes(element.tagName)).reverse()
          .map(getComputedStyle).filter(style => style.fill !== "none");
        const under = edged.has(place(text)) ? paper
          : shapes.reduce((colour, style) => over(colour, style.fill, opacity(style)), paper);
        const style = getComputedStyle(text);
        const pair = [light(under), light(over(under, style.fill, opacity(style)))];
        return [text.textContent, Math.max(...pair) / Math.min(...pair)];
      });
    });
  },

  smallest() {
    return Math.min(...[...document.querySelectorAll("figure svg text")].filter(text => text.textContent.trim())
      .map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().d));
  },

  focusable() {
    const all = [...document.querySelectorAll('a[href], button, summary, input, select, textarea, [tabindex="0"]')];
    return all.filter(element => element.checkVisibility()).length;
  },

  focused() {
    const element = document.activeElement;
    const box = element.getClientRects()[0];
    const style = getComputedStyle(element);
    const middle = (from, to, most) => (Math.max(from, 0) + Math.min(to, most - 1)) / 2;
    const top = document.elementFromPoint(middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight));
    const inView = box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
    return {
      name: `${element.tagName} ${element.getAttribute("href") ?? element.ariaLabel ?? element.textContent.trim()}`,
      order: [...document.querySelectorAll("*")].indexOf(element),
      marked: style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2,
      seen: inView && top !== null && (element.contains(top) || top.contains(element)),
    };
  },

  frames() {
    return [...document.querySelectorAll("figure svg")].map(svg => {
      const box = svg.getBoundingClientRect();
      return [box.left + scrollX, box.top + scrollY, box.width, box.height].map(Math.round);
    });
  },

  paper() {
    return getComputedStyle(document.body).backgroundColor;
  },

  // Of each frame in a picture: its commonest colour, and the share of it that is white or nearly so.
  async colours([picture, frames]) {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d", {willReadFrequently: true});
    context.drawImage(bitmap, 0, 0);
    return frames.map(frame => {
      const {data} = context.getImageData(...frame);
      const counts = new Map();
      let white = 0;
      for (let i = 0; i < data.length; i += 4) {
        const colour = `rgb(${data[i]}, ${data[i + 1]}, ${data[i + 2]})`;
        counts.set(colour, (counts.get(colour) ?? 0) + 1);
        if (Math.min(data[i], data[i + 1], data[i + 2]) > 215) white += 1;
      }
      const [commonest] = [...counts].reduce((most, next) => (next[1] > most[1] ? next : most));
      return {commonest, white: (white * 4) / data.length};
    });
  },
})
