# Makes the expected numbers of tests/reference/test_estimates.py with survival, etm and msm. README.md has the command.
#
# Histories (*_history.csv): person, state, start, stop, to; at risk at t when start < t <= stop; to empty = censored at
# stop. Some stays are split into two rows that touch: the first has no `to`, the second is in the same state.
# Every other file: what a package says about a history, one estimate a row, in 15 digits.

suppressPackageStartupMessages({
  library(survival)
  library(etm)
  library(msm)
})

arguments <- commandArgs(trailingOnly = TRUE)
folder <- if (length(arguments) > 0) arguments[1] else "."

write_frame <- function(frame, name) {
  numbers <- vapply(frame, is.double, logical(1))
  frame[numbers] <- lapply(frame[numbers], function(column) sprintf("%.15g", column))
  write.csv(frame, file.path(folder, paste0(name, ".csv")), row.names = FALSE, quote = FALSE, na = "", eol = "\n")
}

history <- function(person, state, start, stop, to) {
  data.frame(person = as.integer(person), state = state, start = as.integer(start), stop = as.integer(stop), to = to)
}

states_of <- function(rows) sort(unique(c(rows$state, rows$to[!is.na(rows$to)])))

# --- simulated persons: whole days, so that ties are common ---------------------------------------------------------

# A chance per day of each move out of each state; a row that is missing is never left.
RATES <- list(
  healthy = c(ill = 0.05, dead = 0.005),
  ill = c(healthy = 0.08, care = 0.04, dead = 0.015),
  care = c(healthy = 0.03, ill = 0.05, dead = 0.03)
)

# Stays of one person from `start` in `state`; censored at `end`.
live <- function(person, state, start, end) {
  rows <- list()
  since <- start
  for (day in (start + 1):end) {
    chances <- RATES[[state]]
    move <- sample(c(names(chances), NA), 1, prob = c(chances, 1 - sum(chances)))
    if (!is.na(move) || day == end) rows <- c(rows, list(history(person, state, since, day, move)))
    if (!is.na(move)) {
      state <- move
      since <- day
      if (state == "dead") break
    }
  }
  do.call(rbind, rows)
}

# Some of the stays of at least two days, cut in two that touch.
split_some <- function(rows, share) {
  cut <- rows$stop - rows$start >= 2 & runif(nrow(rows)) < share
  middle <- (rows$start + rows$stop) %/% 2L
  first <- transform(rows[cut, ], stop = middle[cut], to = NA_character_)
  second <- transform(rows[cut, ], start = middle[cut])
  whole <- rbind(rows[!cut, ], first, second)
  whole <- whole[order(whole$person, whole$start), ]
  rownames(whole) <- NULL
  whole
}

# Reversible illness-death with a second illness; 40 % come in later (left truncation), follow-up ends at 20 to 40.
simulated <- function(persons) {
  rows <- lapply(seq_len(persons), function(person) {
    start <- if (runif(1) < 0.6) 0L else sample(1:15, 1)
    live(person, sample(names(RATES), 1, prob = c(0.6, 0.3, 0.1)), start, sample(20:40, 1))
  })
  split_some(do.call(rbind, rows), 0.25)
}

# First exits with three causes and censoring, from day 0 in their own calendar: the clock starts at entry.
competing <- function(persons) {
  rows <- lapply(seq_len(persons), function(person) {
    start <- sample(0:50, 1)
    stay <- start + sample(1:25, 1, prob = 25:1)
    to <- sample(c("work", "moved", "aow", NA), 1, prob = c(0.45, 0.2, 0.1, 0.25))
    after <- if (to %in% "work") history(person, "work", stay, stay + sample(1:9, 1), NA)
    rbind(history(person, "aid", start, stay, to), after)
  })
  split_some(do.call(rbind, rows), 0.2)
}

# One state that is left once; everyone comes in at a day of their own, and the last one seen is censored.
truncated <- function(persons) {
  start <- sample(0:12, persons, replace = TRUE)
  stop <- start + sample(1:20, persons, replace = TRUE)
  to <- ifelse(runif(persons) < 0.7 & stop < 28, "left", NA)
  history(seq_len(persons), "in", start, stop, to)
}

# --- what the packages say --------------------------------------------------------------------------------------------

etm_data <- function(rows) {
  data.frame(
    id = rows$person, from = rows$state, to = ifelse(is.na(rows$to), "cens", rows$to),
    entry = rows$start, exit = rows$stop
  )
}

moves_of <- function(rows, states) {
  table(factor(rows$state, states), factor(rows$to, states)) > 0
}

# P(s, t) and its Greenwood variance at every event time after s: one row per time, to, and from that is ever left.
etm_probabilities <- function(rows, s, states = states_of(rows)) {
  later <- rows[rows$stop > s, ]
  later <- later[later$state %in% later$state[!is.na(later$to)], ] # etm refuses rows of states that nobody leaves
  tra <- matrix(moves_of(later, states), length(states))
  fit <- etm(etm_data(later), states, tra, "cens", s = s, covariance = TRUE)
  pairs <- expand.grid(to = states, from = states[rowSums(tra) > 0], stringsAsFactors = FALSE)
  do.call(rbind, lapply(seq_along(fit$time), function(at) {
    cells <- cbind(pairs$from, pairs$to)
    names <- paste(pairs$from, pairs$to)
    data.frame(
      time = fit$time[at], from = pairs$from, to = pairs$to,
      probability = fit$est[, , at][cells], variance = fit$cov[, , at][cbind(names, names)]
    )
  }))
}

# Occupancy from fixed shares p0: survfit's pstate; its variance is p0' cov p0 with etm's Greenwood covariance. From
# etm:::.etm, for etm() itself sets the negative covariances to 0 on the way out.
occupancy_from <- function(rows, p0) {
  states <- names(p0)
  data <- etm_data(rows)
  raw <- etm:::.etm(
    data$entry, data$exit, match(data$from, states), match(data$to, c("cens", states)) - 1L, length(states),
    0, max(data$exit), TRUE, 0
  )
  do.call(rbind, lapply(seq_along(raw$time), function(at) {
    probability <- as.vector(p0 %*% raw$est[, , at])
    blocks <- lapply(seq_along(states), function(to) (to - 1) * length(states) + seq_along(states))
    variance <- vapply(blocks, function(block) sum(outer(p0, p0) * raw$cov[block, block, at]), numeric(1))
    data.frame(time = raw$time[at], state = states, probability = probability, std_error = sqrt(pmax(variance, 0)))
  }))
}

# Multi-state survfit: the share in each state at each time. p0 as given, or where people are at the first time.
pstate <- function(rows, p0 = NULL, start_time = NULL) {
  states <- states_of(rows)
  event <- factor(ifelse(is.na(rows$to), "censored", rows$to), c("censored", states))
  data <- data.frame(rows[c("person", "state", "start", "stop")], event = event)
  told <- list(Surv(start, stop, event) ~ 1, data = data, id = quote(person), istate = quote(state))
  if (!is.null(start_time)) told$start.time <- start_time
  if (!is.null(p0)) {
    check <- survcheck(Surv(start, stop, event) ~ 1, data = data, id = person, istate = state)
    told$p0 <- unname(p0[check$states])
  }
  fit <- do.call(survfit, told)
  data.frame(
    time = rep(fit$time, length(fit$states)), state = rep(fit$states, each = length(fit$time)),
    probability = as.vector(fit$pstate)
  )
}

in_order <- function(frame) {
  frame <- frame[do.call(order, frame[intersect(c("group", "time", "state", "from", "to"), names(frame))]), ]
  rownames(frame) <- NULL
  frame
}

# What two packages say must be the same before it may be called expected.
agree <- function(one, other, keys) {
  both <- merge(one, other, by = keys, suffixes = c("", "_other"))
  stopifnot(nrow(both) > 0, max(abs(both$probability - both$probability_other)) < 1e-12)
}

# Kaplan-Meier with Greenwood's standard error; 0 where nobody is left (R says NaN there: 0 x infinity).
kaplan_meier <- function(fit) {
  told <- summary(fit)
  data.frame(
    time = told$time, survival = told$surv, std_error = ifelse(told$surv > 0, told$std.err, 0),
    at_risk = as.integer(told$n.risk)
  )
}

# Stays as they were before they were split: one row from the first start to the last stop.
whole_stays <- function(rows) {
  rows <- rows[order(rows$person, rows$start), ]
  goes_on <- c(FALSE, head(is.na(rows$to), -1) & head(rows$person, -1) == rows$person[-1])
  stay <- cumsum(!goes_on)
  ends <- !duplicated(stay, fromLast = TRUE)
  data.frame(rows[!duplicated(stay), c("person", "state", "start")], rows[ends, c("stop", "to")])
}

# --- a. worked example of survival's tests/mstate.R -------------------------------------------------------------------

example <- history(
  c(1, 1, 1, 2, 3, 4, 4, 4, 5, 5),
  c("entry", "a", "b", "entry", "entry", "entry", "a", "c", "entry", "b"),
  c(0, 4, 9, 0, 2, 0, 2, 8, 1, 3), c(4, 9, 10, 5, 9, 2, 8, 9, 3, 11),
  c("a", "b", "a", "b", "c", "a", "c", NA, "b", NA)
)
everyone_in_entry <- c(a = 0, b = 0, c = 0, entry = 1)
write_frame(example, "example_history")
write_frame(in_order(pstate(example, everyone_in_entry)), "example_pstate")
write_frame(in_order(etm_probabilities(example, 0)), "example_etm")

# --- b. reversible states ---------------------------------------------------------------------------------------------

set.seed(1993, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
reversible <- simulated(150)
shares <- c(care = 0.125, dead = 0, healthy = 0.625, ill = 0.25)
write_frame(reversible, "reversible_history")
reversible_etm <- rbind(
  data.frame(s = 0L, etm_probabilities(reversible, 0)),
  data.frame(s = 12L, etm_probabilities(reversible, 12))
)
write_frame(reversible_etm, "reversible_etm")
reversible_occupancy <- occupancy_from(reversible, shares)
agree(reversible_occupancy, pstate(reversible, shares), c("time", "state"))
write_frame(reversible_occupancy, "reversible_occupancy")

# Those who are there on day 0, who leave in the end: survfit's own p0 needs no choice here.
from_day_0 <- reversible[reversible$person %in% reversible$person[reversible$start == 0], ]
write_frame(in_order(pstate(from_day_0)), "from_day_0_pstate")

# --- c. competing risks -----------------------------------------------------------------------------------------------

aid <- competing(150)
write_frame(aid, "competing_history")
first_exit <- whole_stays(aid[aid$state == "aid", ])
on_clock <- transform(first_exit, stop = stop - start, start = 0L)
incidence <- etm_probabilities(on_clock, 0)
incidence <- incidence[incidence$from == "aid" & incidence$to != "aid", ]
cause <- factor(ifelse(is.na(on_clock$to), "censored", on_clock$to), c("censored", "aow", "moved", "work"))
fit <- survfit(Surv(on_clock$stop, cause) ~ 1)
agree(incidence, data.frame(
  time = rep(fit$time, 4), to = rep(fit$states, each = length(fit$time)), probability = as.vector(fit$pstate)
), c("time", "to"))
write_frame(data.frame(
  incidence[c("time", "to", "probability")], std_error = sqrt(incidence$variance)
), "competing_incidence")

# --- d. landmark ------------------------------------------------------------------------------------------------------

landmark <- do.call(rbind, lapply(c(6L, 12L), function(at) {
  do.call(rbind, lapply(c("healthy", "ill"), function(state) {
    there <- reversible$person[reversible$state == state & reversible$start <= at & at < reversible$stop]
    rows <- reversible[reversible$person %in% there & reversible$stop > at, ]
    rows$start <- pmax(rows$start, at)
    told <- etm_probabilities(rows, at, states_of(reversible))
    told <- told[told$from == state, ]
    moment <- told[c("time", "to", "probability")]
    names(moment) <- c("time", "state", "probability")
    everyone <- ifelse(states_of(rows) == state, 1, 0)
    agree(moment, pstate(rows, setNames(everyone, states_of(rows)), at), c("time", "state"))
    data.frame(at = at, landmark = state, moment, std_error = sqrt(told$variance))
  }))
}))
write_frame(landmark, "reversible_landmark")

# --- e. Kaplan-Meier --------------------------------------------------------------------------------------------------

# Every stay on its own clock, also of those who were there before they were seen.
stays <- whole_stays(reversible)
sojourns <- do.call(rbind, lapply(names(RATES), function(state) {
  own <- stays[stays$state == state, ]
  data.frame(state = state, kaplan_meier(survfit(Surv(stop - start, !is.na(to)) ~ 1, data = own)))
}))
write_frame(sojourns, "reversible_sojourn")

# Everyone on one clock with delayed entry: 1 - F of the only move there is.
late <- truncated(120)
write_frame(late, "truncated_history")
write_frame(kaplan_meier(survfit(Surv(start, stop, !is.na(to)) ~ 1, data = late)), "truncated_kaplan_meier")

# The last at risk leaves: survival 0.
gone <- history(1:8, "in", 0, c(1, 1, 2, 2, 3, 5, 5, 5), c("left", NA, "left", "left", NA, "left", "left", "left"))
write_frame(gone, "gone_history")
write_frame(kaplan_meier(survfit(Surv(stop - start, !is.na(to)) ~ 1, data = gone)), "gone_kaplan_meier")

# --- f. two groups ----------------------------------------------------------------------------------------------------

grouped <- data.frame(reversible, group = ifelse(reversible$person %% 3 == 0, "north", "south"))
write_frame(in_order(do.call(rbind, lapply(c("north", "south"), function(group) {
  rows <- reversible[grouped$group == group, ]
  data.frame(group = group, etm_probabilities(rows, 0, states_of(reversible)))
}))), "grouped_etm")

# --- g. what survcheck refuses ----------------------------------------------------------------------------------------

# Persons 1-2 overlap, 3 has a gap, 4-6 jump, 7-10 are teleported (8 after a stay that was cut), 11 and 12 are well.
broken <- history(
  c(1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12),
  c("a", "b", "a", "a", "a", "b", "a", "a", "a", "c", "b", "c", "a", "c", "a", "b", "b", "b", "a", "c", "a", "b", "c"),
  c(0, 4, 0, 2, 0, 6, 0, 6, 0, 7, 0, 9, 0, 5, 0, 5, 0, 3, 0, 1, 0, 5, 0),
  c(5, 9, 5, 9, 5, 9, 5, 9, 5, 9, 8, 11, 5, 9, 5, 9, 3, 9, 1, 9, 5, 9, 9),
  c("b", NA, NA, NA, "b", NA, "b", NA, "b", NA, "a", NA, "b", NA, NA, NA, "a", NA, "b", NA, "b", NA, NA)
)
event <- factor(ifelse(is.na(broken$to), "censored", broken$to), c("censored", "a", "b", "c"))
check <- survcheck(Surv(broken$start, broken$stop, event) ~ 1, id = broken$person, istate = broken$state)
flags <- c("overlap", "gap", "jump", "teleport")
write_frame(broken, "broken_history")
write_frame(data.frame(
  flag = flags, persons = vapply(flags, function(flag) length(unique(check[[flag]]$id)), integer(1))
), "broken_survcheck")

# --- h. a Markov process with constant rates, fitted by msm -------------------------------------------------------------

# Rates per unit of time; back and forth between all three.
CONSTANT <- list(a = c(b = 0.30, c = 0.05), b = c(a = 0.20, c = 0.15), c = c(a = 0.04, b = 0.10))

# One person from `state` at time 0, every move seen at its own moment (4 decimals), to `end`.
live_on <- function(person, state, end) {
  rows <- list()
  now <- 0
  while (now < end) {
    rates <- CONSTANT[[state]]
    stop <- round(now + max(rexp(1, sum(rates)), 0.0001), 4)
    to <- if (stop < end) sample(names(rates), 1, prob = rates) else NA_character_
    rows <- c(rows, list(data.frame(person = person, state = state, start = now, stop = min(stop, end), to = to)))
    state <- to
    now <- stop
  }
  do.call(rbind, rows)
}

set.seed(2011, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
constant <- do.call(rbind, lapply(1:500, function(person) {
  live_on(person, sample(names(CONSTANT), 1), round(runif(1, 5, 10), 4))
}))
write_frame(constant, "constant_history")

# msm's form: the state at the start of each stay, and at the last moment the state that is there then. With
# exacttimes every move is seen when it happens (obstype 2) and a last row without a move says still there.
last <- constant[!duplicated(constant$person, fromLast = TRUE), ]
seen <- rbind(
  data.frame(person = constant$person, time = constant$start, state = constant$state),
  data.frame(person = last$person, time = last$stop, state = last$state)
)
seen$number <- match(seen$state, names(CONSTANT))
seen <- seen[order(seen$person, seen$time), ]
crude <- matrix(0.1, 3, 3, dimnames = list(names(CONSTANT), names(CONSTANT)))
fit <- msm(
  number ~ time, person, data = seen, qmatrix = crude, exacttimes = TRUE, control = list(reltol = 1e-15, maxit = 1000)
)
pairs <- expand.grid(to = names(CONSTANT), from = names(CONSTANT), stringsAsFactors = FALSE)[2:1]
cells <- cbind(match(pairs$from, names(CONSTANT)), match(pairs$to, names(CONSTANT)))
write_frame(data.frame(pairs, rate = qmatrix.msm(fit, ci = "none")[cells])[pairs$from != pairs$to, ], "constant_rates")
write_frame(do.call(rbind, lapply(1:16 / 2, function(time) {
  data.frame(time = time, pairs, probability = unclass(pmatrix.msm(fit, t = time))[cells])
})), "constant_msm")

packages <- c("survival", "etm", "msm")
writeLines(c(
  R.version.string, paste(packages, vapply(packages, function(name) as.character(packageVersion(name)), ""))
))
