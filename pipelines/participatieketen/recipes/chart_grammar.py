"""What of a Vega-Lite specification may reach a run, as an allowlist: marks, channels, transforms, settings.

The specification that Altair makes holds no data: it names one released table, which the run fills in. What does not
stand here is refused, or dropped where a run decides it (colours of the page, size of the window, what is interactive).

Source of the names: the Vega-Lite specification, version 6.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from typing import Any

from participatieketen.recipes.sentence import LONGEST, NotASentence, plain_text

COLOURS = frozenset(
    "inkt grijs lijn raster vak vlak vooruit terug opzij vooruit-licht terug-licht".split()  # noqa: SIM905
)
"""The colours of the report, by name."""

MOST_PIXELS = 4000
"""Of a view, wide or high."""

MOST_MARKS = 20
"""Views in one chart: more is no chart that a page can hold."""


class NotAChart(ValueError):
    """The specification has what a run does not draw; str() of it says what, in Dutch, and quotes nothing of it."""


Check = Callable[[object], Any]


def specification(content: object) -> dict[str, Any]:
    """Return what is drawn of a specification, without what a run decides; raises NotAChart."""
    if type(content) is not dict:
        raise NotAChart("een eigen grafiek die geen grafiek van Altair is")
    view = _view(content)
    if sum(1 for _ in parts(view, "mark")) > MOST_MARKS:
        raise NotAChart("een eigen grafiek met te veel lagen")
    return view


def _refuse(what: str) -> Any:  # noqa: ANN401 - never returns
    raise NotAChart(f"een eigen grafiek met {what}")


def _object(
    value: object, shape: Mapping[str, Check], what: str, needed: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return an object whose every key is known, each part as its check returns it."""
    if type(value) is not dict:
        _refuse(f"{what} in een vorm die niet kan")
    content: dict[str, Any] = {key: part for key, part in value.items() if key not in _DROPPED}  # type: ignore[attr-defined]
    if not content.keys() <= shape.keys() or not needed <= content.keys():
        _refuse(f"{what} met onderdelen die niet kunnen")
    return {key: shape[key](part) for key, part in content.items()}


def _one_of(*values: str | bool | None) -> Check:
    def check(value: object) -> object:
        if not any(type(value) is type(one) and value == one for one in values):
            _refuse("een keuze die niet kan")
        return value

    return check


def _number(value: object) -> float:
    if type(value) not in (int, float) or not isfinite(value):  # type: ignore[arg-type]
        _refuse("iets anders dan een getal waar een getal hoort")
    return value  # type: ignore[return-value]


def _cell(value: object) -> object:
    """Return a value that a column can have."""
    if type(value) is str and len(value) <= LONGEST:
        return value
    return value if type(value) is bool or value is None else _number(value)


def _words(value: object) -> str | None:
    """Return a title: a text without numbers; None for no title."""
    if value is None:
        return None
    try:
        return plain_text(value)
    except NotASentence:
        return str(_refuse("een titel met een getal, of die geen tekst is"))


def _repeated(value: object) -> object:
    """Return the name of a column, or which column of a repetition."""
    if type(value) is dict and value.keys() == {"repeat"}:
        return {"repeat": _one_of("row", "column", "repeat", "layer")(value["repeat"])}
    return _column(value)


def _column(value: object) -> str:
    """Return the name of a column."""
    if type(value) is not str or not re.fullmatch(r"[a-z][a-z_]{0,39}", value):
        return str(_refuse("een kolom met een naam die niet kan: kleine letters en _"))
    return value


def _pattern(expression: str, what: str) -> Check:
    def check(value: object) -> object:
        if type(value) is not str or not re.fullmatch(expression, value):
            _refuse(what)
        return value

    return check


def _list(check: Check, most: int = 100) -> Check:
    def every(value: object) -> list[Any]:
        if type(value) is not list or len(value) > most:
            _refuse("een lijst die niet kan")
        return [check(one) for one in value]  # type: ignore[attr-defined]

    return every


def _either(*checks: Check) -> Check:
    """Return a check that takes what the first of these takes."""

    def check(value: object) -> object:
        for one in checks[:-1]:
            try:
                return one(value)
            except NotAChart:
                continue
        return checks[-1](value)

    return check


_DROPPED = frozenset(
    {"$schema", "config", "usermeta", "params", "view", "autosize", "background", "description", "tooltip", "name"}
)
"""What a run decides, or what is only interactive: a page has a drawing."""

_FLAG = _one_of(*(True, False))
_FLAG_OR_NONE = _one_of(*(True, False), None)
_COLOUR = _one_of(*sorted(COLOURS))
_OP = _one_of("sum", "mean", "average", "median", "min", "max", "count", "valid", "distinct")
_WINDOW_OP = _either(_OP, _one_of("rank", "row_number", "lag", "lead", "first_value", "last_value"))
_UNIT = _one_of("year", "yearmonth", "month", "quarter", "yearquarter")
_FORMAT = _pattern(r"[+,.~\d]{0,4}[df%]|(%[YybBmq]|[ /\-])+", "een notatie die niet kan")
_ORDER = _one_of("ascending", "descending")
_FORMATS: Mapping[str, Check] = {"format": _FORMAT, "formatType": _one_of("number", "time")}
_AXIS: Mapping[str, Check] = {
    "title": _words,
    **_FORMATS,
    **dict.fromkeys(("grid", "ticks", "labels", "domain"), _FLAG),
    "labelOverlap": _FLAG,
    "orient": _one_of("left", "right", "top", "bottom"),
    **dict.fromkeys(("labelAngle", "tickCount", "labelLimit", "labelPadding", "titlePadding"), _number),
    "values": _list(_cell),
}
_LEGEND: Mapping[str, Check] = {
    "title": _words,
    **_FORMATS,
    "orient": _one_of("left", "right", "top", "bottom", "none", "top-left", "top-right", "bottom-left", "bottom-right"),
    "direction": _one_of("horizontal", "vertical"),
    "columns": _number,
    "values": _list(_cell),
}
_HEADER: Mapping[str, Check] = {
    "title": _words,
    **_FORMATS,
    "labels": _FLAG,
    "orient": _one_of("left", "right", "top", "bottom"),
    "labelOrient": _one_of("left", "right", "top", "bottom"),
    "labelAngle": _number,
}
_SCALE: Mapping[str, Check] = {
    "type": _one_of("linear", "log", "sqrt", "symlog", "time", "utc", "ordinal", "band", "point"),
    "domain": _list(_cell),
    "domainMin": _number,
    "domainMax": _number,
    "range": _list(_either(_COLOUR, _number)),
    **dict.fromkeys(("zero", "nice", "reverse", "round", "clamp"), _FLAG),
    **dict.fromkeys(("padding", "paddingInner", "paddingOuter"), _number),
}


def _of(shape: Mapping[str, Check], what: str, needed: frozenset[str] = frozenset()) -> Check:
    return lambda value: _object(value, shape, what, needed)


def _or_none(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


_SORTED: Mapping[str, Check] = {"field": _column, "op": _OP, "order": _or_none(_ORDER), "encoding": _one_of("x", "y")}
_SORT = _or_none(_either(_ORDER, _one_of("x", "y", "-x", "-y"), _list(_cell), _of(_SORTED, "een volgorde")))
EXPRESSION_PARTS = re.compile(
    r"\s+|datum\.(?P<column>[a-z][a-z_]{0,39})|datum\['(?P<quoted>[a-z][a-z_]{0,39})'\]|(?P<number>\d+(?:\.\d+)?)(?!\w)|"
    r"'(?P<text>[^'\\]*)'|(?P<call>[a-zA-Z]+)\(|===|!==|[=!<>]=|&&|\|\||[-+*/%()<>!?:,]|(?:true|false|null)\b"
)
_FUNCTIONS = frozenset({"min", "max", "abs", "round", "floor", "ceil", "sqrt", "isValid", "year", "month"})
_NUMBERS_IN_EXPRESSION = 2


def _expression(value: object) -> str:
    """Return an expression of columns, operators and a few functions; at most two numbers, and texts without any."""
    if type(value) is not str or len(value) > LONGEST:
        return str(_refuse("een formule die niet kan"))
    at, numbers = 0, 0
    while at < len(value):
        part = EXPRESSION_PARTS.match(value, at)
        if part is None or (part["call"] and part["call"] not in _FUNCTIONS):
            _refuse("een formule die niet kan: alleen datum.kolom, rekentekens en een paar functies")
        numbers += part["number"] is not None  # type: ignore[index]
        if part["text"]:  # type: ignore[index]
            _words(part["text"])  # type: ignore[index]
        at = part.end()  # type: ignore[union-attr]
    if numbers > _NUMBERS_IN_EXPRESSION:
        _refuse("een formule met meer dan twee getallen")
    return value


_PREDICATE: Mapping[str, Check] = {
    "field": _column,
    "timeUnit": _UNIT,
    **dict.fromkeys(("equal", "lt", "lte", "gt", "gte"), _cell),
    "oneOf": _list(_cell),
    "range": _list(_or_none(_cell), 2),
    "valid": _FLAG,
}


def _test(value: object) -> object:
    """Return what a filter or a condition asks of a row."""
    if type(value) is str:
        return _expression(value)
    if type(value) is dict and len(value) == 1 and value.keys() <= {"and", "or"}:
        return {key: _list(_test, 10)(part) for key, part in value.items()}
    if type(value) is dict and value.keys() == {"not"}:
        return {"not": _test(value["not"])}
    return _object(value, _PREDICATE, "een keuze van rijen", frozenset({"field"}))


_STACK = _one_of("zero", "center", "normalize", *(True, False), None)
_FIELD: Mapping[str, Check] = {
    "field": _repeated,
    "type": _one_of("quantitative", "temporal", "ordinal", "nominal"),
    "aggregate": _OP,
    "timeUnit": _UNIT,
    "bin": _FLAG_OR_NONE,
    "title": _words,
    "sort": _SORT,
    "stack": _STACK,
    "axis": _or_none(_of(_AXIS, "een as")),
    "legend": _or_none(_of(_LEGEND, "een legenda")),
    "header": _or_none(_of(_HEADER, "een kop")),
    "scale": _or_none(_of(_SCALE, "een schaal")),
    "bandPosition": _number,
    "datum": _cell,
    "spacing": _number,
    "columns": _number,
}
_PLACED = "x y x2 y2 xOffset yOffset xError yError xError2 yError2 detail order row column facet".split()  # noqa: SIM905
_COLOURED = ("color", "fill", "stroke")
_MEASURED = "opacity fillOpacity strokeOpacity strokeWidth size angle".split()  # noqa: SIM905
_SIZED = ("dx", "dy", "fontSize", "thickness", "cornerRadius", "width", "height", "binSpacing")
_SHAPES = _one_of("circle", "square", "cross", "diamond", "triangle-up", "triangle-down", "stroke")


def _channel(styled: Check | None = None) -> Check:
    """Return the check of a channel: a column, or a value of this kind, with a condition or without."""
    if styled is None:
        return _either(_list(_of(_FIELD, "een kanaal"), 10), _of(_FIELD, "een kanaal"))
    chosen = {"value": styled, **{key: check for key, check in _FIELD.items() if key != "datum"}}
    condition = {"test": _test, **chosen}
    return _of(
        {**chosen, "condition": _either(_list(_of(condition, "een voorwaarde"), 5), _of(condition, "een voorwaarde"))},
        "een kanaal",
    )


_CHANNELS: Mapping[str, Check] = {
    **dict.fromkeys(_PLACED, _channel()),
    **dict.fromkeys(_COLOURED, _channel(_COLOUR)),
    **dict.fromkeys(_MEASURED, _channel(_number)),
    "shape": _channel(_SHAPES),
    "strokeDash": _channel(_list(_number, 4)),
    "text": _of({"field": _column, "type": _FIELD["type"], "title": _words}, "een tekst", frozenset({"field"})),
}
_MARKS = _one_of(*"bar line area point circle square tick rule rect text trail errorbar errorband".split())  # noqa: SIM905
_STYLE: Mapping[str, Check] = {
    "type": _MARKS,
    **dict.fromkeys(_COLOURED, _COLOUR),
    **dict.fromkeys((*_MEASURED, *_SIZED), _number),
    "strokeDash": _list(_number, 4),
    "interpolate": _one_of("linear", "monotone", "step", "step-after", "step-before"),
    **dict.fromkeys(("filled", "clip"), _FLAG),
    "point": _either(
        _FLAG, lambda value: _object(value, {"filled": _FLAG, "size": _number, "color": _COLOUR}, "een punt")
    ),
    "line": _FLAG,
    "shape": _SHAPES,
    "align": _one_of("left", "center", "right"),
    "baseline": _one_of("top", "middle", "bottom", "alphabetic"),
    "fontWeight": _either(_number, _one_of("normal", "bold")),
    "orient": _one_of("horizontal", "vertical"),
}


def _new(value: object) -> str:
    """Return the name of a column that a chart makes: it can become a title."""
    name = _column(value)
    _words(name.replace("_", " "))
    return name


_AGGREGATED = _of({"op": _OP, "field": _column, "as": _new}, "een telling", frozenset({"op", "as"}))
_WINDOWED = _of(
    {"op": _WINDOW_OP, "field": _column, "as": _new, "param": _number}, "een venster", frozenset({"op", "as"})
)
_COLUMNS = _list(_column, 20)
_SORT_FIELDS = _list(_of({"field": _column, "order": _or_none(_ORDER)}, "een volgorde"), 5)
_TRANSFORMS: Mapping[str, Mapping[str, Check]] = {
    "filter": {"filter": _test},
    "calculate": {"calculate": _expression, "as": _new},
    "aggregate": {"aggregate": _list(_AGGREGATED, 20), "groupby": _COLUMNS},
    "joinaggregate": {"joinaggregate": _list(_AGGREGATED, 20), "groupby": _COLUMNS},
    "fold": {"fold": _COLUMNS, "as": _list(_new, 2)},
    "timeUnit": {"timeUnit": _UNIT, "field": _column, "as": _new},
    "window": {
        "window": _list(_WINDOWED, 10),
        "groupby": _COLUMNS,
        "sort": _SORT_FIELDS,
        "frame": _list(_or_none(_number), 2),
        "ignorePeers": _FLAG,
    },
    "stack": {
        "stack": _column,
        "groupby": _COLUMNS,
        "sort": _SORT_FIELDS,
        "offset": _one_of("zero", "center", "normalize"),
        "as": _either(_list(_new, 2), _new),
    },
    "pivot": {"pivot": _column, "value": _column, "groupby": _COLUMNS, "op": _OP, "limit": _number},
}


def _transform(value: object) -> object:
    kinds = [kind for kind in _TRANSFORMS if type(value) is dict and kind in value]
    # a timeUnit is named by its unit too: what it is of decides
    if len(kinds) != 1:
        _refuse("een bewerking die niet kan")
    return _object(value, _TRANSFORMS[kinds[0]], "een bewerking")


def _data(value: object) -> object:
    if type(value) is not dict or value.keys() != {"name"} or type(value["name"]) is not str:
        _refuse('eigen gegevens: noem een vrijgegeven tabel, zoals alt.Chart(tabellen["stock"].data)')
    return {"name": _pattern("[a-z_]{1,40}", "een tabel met een naam die niet kan")(value["name"])}  # type: ignore[index]


def _view(value: object) -> dict[str, Any]:
    return _object(value, _VIEW, "een onderdeel")


def _facet(value: object) -> object:
    if type(value) is dict and value.keys() <= {"row", "column"}:
        return {key: _object(part, _FIELD, "een verdeling") for key, part in value.items()}
    return _object(value, _FIELD, "een verdeling")


def _repeat(value: object) -> object:
    if type(value) is dict and value.keys() <= {"row", "column", "layer"}:
        return {key: _COLUMNS(part) for key, part in value.items()}
    return _COLUMNS(value)


def _resolve(value: object) -> object:
    shared = _one_of("shared", "independent")

    def channels(part: object) -> object:
        return _object(part, dict.fromkeys(_CHANNELS, shared), "een schaal per deel")

    return _object(value, dict.fromkeys(("scale", "axis", "legend"), channels), "een schaal per deel")


def _pixels(value: object) -> float:
    if not 0 < _number(value) <= MOST_PIXELS:
        _refuse("een maat die geen pagina houdt")
    return value  # type: ignore[return-value] # a number


_SIZE = _either(_pixels, _of({"step": _pixels}, "een maat"))
_VIEWS = _list(_view, MOST_MARKS)
_VIEW: Mapping[str, Check] = {
    "data": _data,
    "mark": _either(_MARKS, _of(_STYLE, "een teken", frozenset({"type"}))),
    "encoding": lambda value: _object(value, _CHANNELS, "een kanaal"),
    "transform": _list(_transform, 20),
    **dict.fromkeys(("layer", "hconcat", "vconcat", "concat"), _VIEWS),
    "facet": _facet,
    "repeat": _repeat,
    "spec": _view,
    "columns": _number,
    "spacing": _number,
    "resolve": _resolve,
    "title": _words,
    "width": _SIZE,
    "height": _SIZE,
}


def parts(view: object, key: str) -> Iterator[Any]:
    """Yield what stands under a key of a view and of the views in it."""
    if isinstance(view, dict):
        if key in view:
            yield view[key]
        for inner in ("layer", "hconcat", "vconcat", "concat"):
            for one in view.get(inner, []):
                yield from parts(one, key)
        yield from parts(view.get("spec"), key)
