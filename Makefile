# One word per job; each does its own set-up. Needs python3 (3.10 or newer), make and access to
# package registries. Everything is installed in .venv: Python packages, Node, the CDK CLI.

PYTHON ?= python3
CDK_CLI := aws-cdk@2.1148.1
PYTEST_ARGS ?= -n 2 --dist loadfile

# Relative paths only: a checkout in a folder with spaces works too.
BIN := .venv/bin
PY := $(BIN)/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-compile -c constraints/dev.txt
LOCAL := .venv/.local
READY := .venv/.ready
RUN := PATH="$(CURDIR)/$(BIN):$$PATH"

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

.PHONY: setup
setup: $(READY) ## make .venv with everything in it

# What the demonstration needs: a third of everything. Each line that takes long says so before.
$(LOCAL): pyproject.toml constraints/dev.txt Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
	  || { echo 'ddns-constructs needs Python 3.10 or newer: set PYTHON=/path/to/python3'; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv .venv \
	  || { rm -rf .venv; echo 'no venv module: install it (Debian: apt-get install python3-venv)'; exit 1; }
	@echo 'Installing into .venv, 1 of 2: the CDK, Node and the local AWS (Python packages) ...'
	@$(PIP) --upgrade pip hatchling
	@$(PIP) --no-build-isolation --editable '.[local]'
	@echo 'Installing into .venv, 2 of 2: the CDK CLI (npm) ...'
	@$(RUN) npm install --loglevel=error --no-progress --no-save --no-package-lock --no-audit --no-fund \
	  --prefix .venv/cdk $(CDK_CLI) \
	  || { echo 'npm could not install $(CDK_CLI): the reason stands above'; exit 1; }
	@ln -sf ../cdk/node_modules/aws-cdk/bin/cdk $(BIN)/cdk
	@touch $@

$(READY): $(LOCAL)
	@echo 'Installing into .venv: the tools of the tests (Python packages) ...'
	@$(PIP) --group dev
	@touch $@

.PHONY: demo
demo: $(LOCAL) ## deploy the examples into a local AWS and show DNS answers
	@$(RUN) ddns local demo all

.PHONY: test
test: lint types unit ## lint, types and every test

.PHONY: unit
unit: $(READY)
	$(PY) -m pytest -p no:xdist --quiet tests/core --cov --cov-report=
	$(PY) -m coverage report --fail-under=100
	$(RUN) $(PY) -m pytest $(PYTEST_ARGS) --ignore=tests/core

.PHONY: lint
lint: $(READY) ## ruff: rules and format
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

.PHONY: types
types: $(READY) ## mypy --strict
	$(PY) -m mypy

.PHONY: synth
synth: $(LOCAL) ## cdk synth of examples/instance_ddns with the real CLI
	$(RUN) cdk synth

.PHONY: bench
bench: $(READY) ## count requests, time and memory against the AWS blog sample's way
	$(RUN) $(PY) -m benchmarks

SIZES ?= 1000,10000
FAILURES ?= 2000

.PHONY: simulate
simulate: $(READY) ## in virtual time; SIZES=1000,10000,100000 FAILURES=10000 takes long, draws plots
	$(RUN) PYTHONHASHSEED=0 $(PY) -m benchmarks.simulation --sizes $(SIZES)
	$(RUN) PYTHONHASHSEED=0 $(PY) -m benchmarks.simulation.failover --failures $(FAILURES)

.PHONY: golden
golden: $(READY) ## regenerate the golden templates of the examples
	$(RUN) $(PY) -m pytest --snapshot-update -p no:randomly tests/constructs/common/test_golden.py

.PHONY: lock
lock: $(READY) ## pin the newest versions in constraints/
	$(PY) -m uv pip compile pyproject.toml --universal --python-version 3.10 --all-extras --group dev \
	  --upgrade --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command 'make lock' --quiet --output-file constraints/dev.txt

.PHONY: clean
clean: ## remove everything that a job has made
	rm -rf .venv cdk.out build dist .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
