# The two commands: `make report` and `make test`. README.md has the same for people without make.
PYTHON ?= python3
BIN := .venv/bin
INBOX := $(or $(KETEN_HOME),workspace)/inbox

.PHONY: report test benchmark
.DELETE_ON_ERROR:

report: .venv/ready
	@test -n "$$(ls -A $(INBOX) 2>/dev/null)" || $(BIN)/keten demo
	@$(BIN)/keten run maandrapportage

test: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses logical --maxprocesses 4 --dist loadfile --cov --cov-report=term

benchmark: .venv/ready
	$(BIN)/python tests/benchmarks/timelines.py
	$(BIN)/python tests/benchmarks/estimates.py
	$(BIN)/python tests/benchmarks/town_coverage.py
	$(BIN)/python tests/benchmarks/disclosure.py
	$(BIN)/python tests/benchmarks/site.py

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
