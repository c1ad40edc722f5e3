"""Released tables -> findings: sentences in plain Dutch, made by rules, with their numbers, range and a stable id."""

from participatieketen.findings.cards import Cards, cards, more
from participatieketen.findings.finding import Finding
from participatieketen.findings.groups import bases_of
from participatieketen.findings.kept import Earlier, read, read_earlier, rest, write
from participatieketen.findings.news import last_month, news, news_table
from participatieketen.findings.overview import attention, differences, since
from participatieketen.findings.ranking import findings, first_page

__all__ = [
    "Cards",
    "Earlier",
    "Finding",
    "attention",
    "bases_of",
    "cards",
    "differences",
    "findings",
    "first_page",
    "last_month",
    "more",
    "news",
    "news_table",
    "read",
    "read_earlier",
    "rest",
    "since",
    "write",
]
