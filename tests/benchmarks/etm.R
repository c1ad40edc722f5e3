# Times R's etm on a history and writes its last probabilities and variances; estimates.py runs it.
# Rscript etm.R history.csv answer.csv     history: id, entry, exit, from, to; states 1..6 as numbers, 0 = censored
suppressPackageStartupMessages({
  library(data.table)
  library(etm)
})
arguments <- commandArgs(trailingOnly = TRUE)
history <- fread(arguments[1])
history[, c("from", "to") := list(as.character(from), ifelse(to == 0, "cens", as.character(to)))]
states <- as.character(1:6)
tra <- matrix(TRUE, 6, 6) & !diag(TRUE, 6)
seconds <- system.time(fit <- etm(history, states, tra, "cens", s = 0, covariance = TRUE))[["elapsed"]]
last <- length(fit$time)
pairs <- CJ(from = states, to = states)
names <- paste(pairs$from, pairs$to)
pairs[, probability := fit$est[, , last][cbind(from, to)]]
pairs[, variance := fit$cov[, , last][cbind(names, names)]]
fwrite(pairs, arguments[2])
cat(seconds)
