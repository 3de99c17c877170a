# Everything a newcomer types. Needs Python 3.11 or newer and make; nothing else on the machine.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

# Python keeps what it compiled: without that each of a hundred starts would compile the suite again.
unexport PYTHONDONTWRITEBYTECODE

# Whoever is done early takes over from who is not.
TESTS := $(BIN)/pytest tests -n 2 --dist worksteal

.PHONY: run test test-all lint plan report docs twins nights fault-matrix mutants bench lock clean

run: $(READY)            ## the whole suite against the embedded mock site
	$(BIN)/pytest features $(ARGS)

test: $(READY)           ## the tests of the suite itself; of what takes long the part that has its turn today
	$(TESTS) --rotate $(ARGS)

test-all: $(READY)       ## everything: every row of every table, every twin, every fault
	$(TESTS) $(ARGS)

lint: $(READY)           ## style and types
	$(BIN)/ruff check .
	$(BIN)/mypy

plan: $(READY)           ## what would run against the mock site, and why the rest would not
	$(BIN)/webex-conformance plan $(ARGS)

report: $(READY)         ## the Allure report of the last run as HTML (needs Node.js)
	$(BIN)/webex-conformance report $(ARGS)

docs: $(READY)           ## the documentation: releases and contract, pages that open from disk
	$(BIN)/webex-conformance docs $(ARGS)

twins: $(READY)          ## conforming sites that differ as real ones do: nobody may be accused
	$(BIN)/python -m tests.twins $(ARGS)

nights: $(READY)         ## live sites of which everything is told, over the nights that plan proposes
	$(BIN)/python -m tests.nights $(ARGS)

fault-matrix: $(READY)   ## every seeded fault against the scenario that must catch it
	$(BIN)/python -m tests.matrix $(ARGS)

mutants: $(READY)        ## mutants of what decides verdicts, and how many the tests kill (ARGS=--turn: one module a day; ARGS=--planted)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/mutants/requirements.lock
	$(BIN)/python -m tests.mutants $(ARGS)

bench: $(READY)          ## the figures of docs/benchmarks.md
	$(BIN)/python -m benchmarks $(ARGS)

LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --extra dev --extra tls --no-header --quiet

lock:                    ## renew requirements.lock, and that of the mutants, from pyproject.toml
	$(PYTHON) -m $(LOCK) --upgrade -o requirements.lock pyproject.toml
	$(PYTHON) -m $(LOCK) --extra mutants -c requirements.lock -o tests/mutants/requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) build *.egg-info reports/[!R]*

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "error[python]: Python 3.11 or newer is needed; name one with make PYTHON=python3.12 ..."; exit 4; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)
