# Everything a person or a machine runs in this repository. `make help` lists it.
# Needs make and Python 3.11 or newer; the rest is installed into .venv at the first call.

PORT ?= 8501
ADDRESS ?= localhost

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# On all cores, the tests of one file together. A browser alone takes them all.
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile

# Small fits: several BLAS threads on shared cores wait for each other.
export OPENBLAS_NUM_THREADS := 1

# The first interpreter that really runs (a version manager's shim may exist and refuse), is new
# enough and can make virtual environments. Lazy on purpose: it is looked for only when needed.
USABLE := import sys, venv, ensurepip; raise SystemExit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	$$name -c '$(USABLE)' >/dev/null 2>&1 && { echo $$name; break; }; done)

.PHONY: help run test lint format bench pictures mutants clean browser
.DEFAULT_GOAL := help

help:  ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "PORT=8502 make run serves on another port, ADDRESS=0.0.0.0 to other machines; PYTHON=/path/to/python chooses the interpreter."

run: $(VENV)/.runtime  ## Start the dashboard on http://localhost:8501
	@echo "Serving the dashboard on http://$(ADDRESS):$(PORT); Ctrl-C ends it"
	@$(BIN)/streamlit run asgi.py --server.address $(ADDRESS) --server.port $(PORT)

test: lint browser  ## Check format, style, imports and types, then run all tests: fast ones first
	$(PYTEST) -m "not slow and not browser"
	$(PYTEST) -m "slow and not browser"
	$(BIN)/python -m pytest -m browser

lint: $(VENV)/.dev  ## Check format, style, imports and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

format: $(VENV)/.dev  ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev  ## Run every benchmark
	@set -e; for file in benchmarks/*.py; do echo "== $$file"; PYTHONPATH=. $(BIN)/python "$$file"; done

pictures: $(VENV)/.dev browser  ## Take the pictures of the README anew
	$(BIN)/python -m tools.pictures

mutants: $(VENV)/.mutants  ## Change the physics in thousands of ways and count what the fast tests notice
	@$(BIN)/python tools/mutants.py

clean:  ## Remove the virtual environment and all caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis mutants
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps lie inside the environment: who removes it removes them. The interpreter is an
# order-only prerequisite because its time is that of the system's Python, not of ours.
$(VENV)/.runtime: requirements.txt | $(BIN)/python
	@echo "Installing the dashboard's requirements into $(VENV)"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt | $(BIN)/python
	@echo "Installing the requirements of dashboard and tests into $(VENV)"
	@$(PIP) -r requirements-dev.txt
	@touch $(VENV)/.runtime $@

$(VENV)/.mutants: requirements-mutants.txt $(VENV)/.dev | $(BIN)/python
	@echo "Installing the mutation tool into $(VENV)"
	@$(PIP) -r requirements-mutants.txt
	@touch $@

$(BIN)/python:
	@python="$(PYTHON)"; [ -n "$$python" ] && "$$python" -c '$(USABLE)' >/dev/null 2>&1 || { \
		echo "No usable Python here ($${python:-none found}): install Python 3.11 or newer with its venv" \
			"module, or name one, as in PYTHON=/path/to/python3.12 make run." >&2; exit 1; }; \
	echo "Making $(VENV) with $$("$$python" --version)"; "$$python" -m venv --clear $(VENV)

# Browser tests need a chromium. Where root may install Debian's, it is fetched within bounds;
# anywhere else they skip and say so. The bounds lie on the network, never on the unpacking.
browser:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && command -v timeout >/dev/null; then \
		echo "Installing chromium for the browser tests"; \
		export DEBIAN_FRONTEND=noninteractive; \
		{ timeout 60 apt-get update && timeout 90 apt-get install -y --download-only chromium \
			&& apt-get install -y chromium; } >/dev/null 2>&1 && exit 0; \
	fi; \
	echo "There is no chromium here and none could be installed: the browser tests will be skipped."
