# Everything a person or a machine runs in this repository. `make help` lists it.
# Needs make and Python 3.11 or newer; the rest is installed into .venv at the first call.

PORT ?= 8501
ADDRESS ?= localhost
CASES ?= 100000

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

.PHONY: help run test lint format bench soak fuzz pictures landscape mutants lock figures pythons release-check clean browser nginx
.DEFAULT_GOAL := help

help:  ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "PORT=8502 make run serves on another port, ADDRESS=0.0.0.0 to other machines; PYTHON=/path/to/python chooses the interpreter."

run: $(VENV)/.runtime  ## Start the dashboard on http://localhost:8501
	@echo "Serving the dashboard on http://$(ADDRESS):$(PORT); Ctrl-C ends it"
	@$(BIN)/streamlit run asgi.py --server.address $(ADDRESS) --server.port $(PORT)

test: lint browser nginx  ## Check format, style, imports and types, then run all tests: fast ones first
	$(PYTEST) -m "not slow and not browser"
	$(PYTEST) -m "slow and not browser"
	$(BIN)/python -m pytest -m browser

lint: $(VENV)/.dev  ## Check format, style, imports, types, and known vulnerabilities of what is installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	@$(BIN)/python -m tools.audit

fuzz: $(VENV)/.dev  ## Draw a hundred thousand hostile links, files and command lines, on all cores
	FUZZ_CASES=$(CASES) $(BIN)/python -m pytest -m fuzz -n auto --dist load

format: $(VENV)/.dev  ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev  ## Run every benchmark
	@set -e; for file in benchmarks/*.py; do echo "== $$file"; PYTHONPATH=. $(BIN)/python "$$file"; done

soak: $(VENV)/.dev  ## Visit a server 10,000 times over every page and say whether its memory stays flat
	$(BIN)/python -m tools.soak

pictures: $(VENV)/.dev browser  ## Take the pictures of the README anew
	$(BIN)/python -m tools.pictures

landscape: $(VENV)/.dev  ## Compute the data set of the page Landscape anew
	$(BIN)/python -m tools.landscape

mutants: $(VENV)/.mutants  ## Change the physics in thousands of ways and count what the fast tests notice
	@$(BIN)/python tools/mutants.py

lock: $(VENV)/.dev  ## Lock versions and hashes of all that the requirements lead to; UPGRADE=1 takes the newest
	$(BIN)/python -m tools.lock $(if $(UPGRADE),--upgrade)

figures: $(VENV)/.dev  ## Write the figures that all Pythons must agree on, where they are meant to move
	$(BIN)/python -m tools.figures --write

pythons: $(VENV)/.dev  ## Install the wheel into every supported Python of this machine and compare figures
	@$(BIN)/python -m tools.pythons

release-check: $(VENV)/.dev  ## Say what is missing before a version can be handed over
	@$(BIN)/python -m tools.release

clean:  ## Remove the virtual environment and all caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis mutants
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps lie inside the environment: who removes it removes them. The interpreter is an
# order-only prerequisite because its time is that of the system's Python, not of ours.
$(VENV)/.runtime: requirements.lock | $(BIN)/python
	@echo "Installing the dashboard's requirements into $(VENV)"
	@$(PIP) --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(BIN)/python
	@echo "Installing the requirements of dashboard and tests into $(VENV)"
	@$(PIP) --require-hashes -r requirements-dev.lock
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

# Browser tests need a chromium, tests of the hosted dashboard an nginx. Where root may install Debian's, they are
# fetched within bounds; anywhere else these tests skip and say so. The bounds lie on the network, never on the unpacking.
browser: NAMES := chromium chromium-browser google-chrome
browser: PACKAGE := chromium
nginx: NAMES := nginx
nginx: PACKAGE := nginx
# RUNLEVEL: a program is wanted, not a service that starts now.
browser nginx:
	@for name in $(NAMES); do PATH="$$PATH:/usr/sbin" command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && command -v timeout >/dev/null; then \
		echo "Installing $(PACKAGE) for the tests"; \
		export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1; \
		{ timeout 60 apt-get update && timeout 90 apt-get install -y --download-only $(PACKAGE) \
			&& apt-get install -y $(PACKAGE); } >/dev/null 2>&1 && exit 0; \
	fi; \
	echo "There is no $(PACKAGE) here and none could be installed: its tests will be skipped."
