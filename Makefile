# The two commands: `make report` and `make test`. README.md has the same for people without make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PIP_LOCK := # pins of the pip that installs, for .ci/run: without them the one that comes with Python does
INBOX := $(or $(KETEN_HOME),workspace)/inbox

.PHONY: report test benchmark lock
.DELETE_ON_ERROR:

report: $(VENV)/ready
	@test -n "$$(ls -A $(INBOX) 2>/dev/null)" || $(BIN)/keten demo
	@$(BIN)/keten run maandrapportage

test: $(VENV)/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses logical --maxprocesses 4 --dist loadfile --cov --cov-report=term

benchmark: $(VENV)/ready
	$(BIN)/python tests/benchmarks/timelines.py
	$(BIN)/python tests/benchmarks/estimates.py
	$(BIN)/python tests/benchmarks/town_coverage.py
	$(BIN)/python tests/benchmarks/disclosure.py
	$(BIN)/python tests/benchmarks/site.py

lock: # in the environment that is there: one made anew would not have what pyproject.toml asks for since
	$(BIN)/python tests/lock.py

$(VENV)/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(if $(PIP_LOCK),$(PIP) install --quiet --require-hashes --no-deps -r $(PIP_LOCK))
	$(PIP) install --quiet --require-hashes --no-deps -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	$(PIP) check
	touch $@
