"""Released tables -> findings: sentences in plain Dutch, made by rules, with their numbers, range and a stable id."""

from participatieketen.findings.cards import Cards, cards
from participatieketen.findings.finding import Finding
from participatieketen.findings.ranking import findings, first_page

__all__ = ["Cards", "Finding", "cards", "findings", "first_page"]
