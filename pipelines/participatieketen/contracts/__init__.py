"""What every register promises: ODCS contracts in data_contracts/, checked by Great Expectations inside DuckDB."""

from participatieketen.contracts.model import Contract, Field, Kind, Rule, Severity
from participatieketen.contracts.odcs import code_list, read, read_folder
from participatieketen.contracts.suite import breaching_rows, check
from participatieketen.contracts.verdict import Outcome, Verdict

__all__ = [
    "Contract",
    "Field",
    "Kind",
    "Outcome",
    "Rule",
    "Severity",
    "Verdict",
    "breaching_rows",
    "check",
    "code_list",
    "read",
    "read_folder",
]
