# carriersim: `make run` answers the main question, `make test` checks the program, `make help` lists the rest.
# Each sets up .venv by itself. PYTHON=/path/to/python3.12 chooses the interpreter.

SHELL := /bin/sh
PYTHON ?=
REPLICATES ?= 100
WORKERS ?= $(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

VENV := .venv
BIN := $(VENV)/bin
UV := uv==0.13.9

# A stamp carries the checksum of what was installed, so set-up runs again only when a list has changed.
CORE_STAMP := $(VENV)/.core-$(shell cat requirements/core.txt requirements/core.in pyproject.toml | cksum | tr ' ' '-')
DEV_STAMP := $(VENV)/.dev-$(shell cat requirements/dev.txt | cksum | tr ' ' '-')

# Asked of every candidate by running it: a file on the PATH may be a shim with no Python behind it.
USABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
# Whose child an environment is: the real folder of the installation, and the version.
ORIGIN := import os, sys; print(os.path.realpath(sys.base_prefix), sys.version.split()[0])

.DEFAULT_GOAL := help
.PHONY: help setup run test test-full bench validate backtest docs lint types walls lock clean venv core dev

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:.*## /|/' \
	  | while IFS='|' read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

setup: dev ## make .venv with everything that runs and tests need

run: core ## run the Wuhan scenario and print the chance of each target (REPLICATES=400 for more futures)
	@echo "==> Wuhan to the end of 2025, $(REPLICATES) futures"
	@$(BIN)/carriersim run scenarios/wuhan-2025.yaml --overwrite --replicates $(REPLICATES)

test: dev ## the tests that every change must pass
	@echo "==> Tests ($(WORKERS) at a time)"
	@$(BIN)/python -m pytest -q -n $(WORKERS)

test-full: dev ## every test, the slow ones and those in a browser too
	@echo "==> All tests, slow ones included ($(WORKERS) at a time)"
	@CARRIERSIM_TEST_FULL=1 $(BIN)/python -m pytest -q -n $(WORKERS) -m ""
	@echo "==> Twenty users of the dashboard, two minutes"
	@$(BIN)/python benchmarks/dashboard.py

bench: dev ## time the engines against each other and their floor; fails when that got 1.3 times worse
	@echo "==> Benchmark of the engines"
	@$(BIN)/python benchmarks/engines.py --check

validate: core ## compare the model with the published figures; writes docs/validation.md
	@echo "==> Validation against the published figures"
	@$(BIN)/python tools/validate.py

backtest: dev ## forecast real series from their past and score it against simple methods; writes docs/backtests.md
	@echo "==> Back-tests on real series"
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python tools/backtest.py

docs: core ## make the pages anew that come from code and data
	@$(BIN)/python tools/write_docs.py all

lint: dev ## style
	@echo "==> Style"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "    not formatted: run $(BIN)/ruff format ."; exit 1; }

types: dev ## types
	@echo "==> Types"
	@$(BIN)/mypy

walls: dev ## who may import whom
	@echo "==> Walls between the packages"
	@$(BIN)/lint-imports --no-logo

lock: venv ## pin requirements/*.txt anew from requirements/*.in, keeping the versions that still fit
	@echo "==> Pinning requirements/core.txt and requirements/dev.txt"
	@cd requirements && lock="../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header" && \
	  $$lock core.in -o core.txt && $$lock -c core.txt dev.in -o dev.txt

clean: ## remove .venv, results and caches
	@rm -rf $(VENV) results build dist *.egg-info .coverage .coverage.* htmlcov \
	  .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "==> Clean"

# ---------------------------------------------------------------------------------------------- .venv

# Keeps .venv if it works, was made in this folder, and comes from PYTHON when PYTHON is given.
venv:
	@keep() { \
	  $(BIN)/python -c '$(USABLE)' && head -n 2 $(BIN)/pip | grep -qF "$$(pwd -P)/$(VENV)/" && \
	  { [ -z "$(PYTHON)" ] || [ "$$($(BIN)/python -c '$(ORIGIN)')" = "$$("$(PYTHON)" -c '$(ORIGIN)')" ]; }; \
	}; \
	if ! keep 2>/dev/null; then \
	  found=; \
	  for candidate in $(if $(PYTHON),"$(PYTHON)",python3.13 python3.12 python3.11 python3); do \
	    if "$$candidate" -c '$(USABLE)' >/dev/null 2>&1; then found=$$candidate; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "No usable Python found$(if $(PYTHON), at $(PYTHON)): carriersim needs 3.11 or later with venv." >&2; \
	    echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv) or name it: make run PYTHON=/path/to/python3.12" >&2; \
	    exit 1; \
	  fi; \
	  echo "==> Making $(VENV) with $$("$$found" -c 'import sys; print("Python", sys.version.split()[0])')"; \
	  rm -rf $(VENV) && "$$found" -m venv $(VENV); \
	fi
	@[ -x $(BIN)/uv ] || $(BIN)/python -m pip install --quiet --disable-pip-version-check "$(UV)"

# uv is quick; pip knows mirrors and proxies that only pip was told about.
install = $(BIN)/uv pip install --quiet --python $(BIN)/python $(1) || { \
	    echo "    uv could not install (see above); trying with pip"; \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check $(1); }

core: venv
	@if ! [ -e $(CORE_STAMP) ]; then \
	  echo "==> Installing what a run needs"; \
	  rm -f $(VENV)/.core-*; \
	  { $(call install,-r requirements/core.txt); } && { $(call install,--no-deps --editable .); } && \
	  touch $(CORE_STAMP); \
	fi

dev: core
	@if ! [ -e $(DEV_STAMP) ]; then \
	  echo "==> Installing what tests and checks need"; \
	  rm -f $(VENV)/.dev-*; \
	  { $(call install,-r requirements/dev.txt); } && touch $(DEV_STAMP); \
	fi
