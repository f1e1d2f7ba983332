# make benchmark    run everything config.yaml asks for and print where the report is
# make smoke        the same in about two minutes, on presets/smoke.yaml
# make publish      put the finished run's report on the site, results/site
# make test         install what the tests need, check style and types, run the tests
#
# PYTHON=python3.13 names another Python. ARGUMENTS go to Snakemake (benchmark, smoke) or to pytest
# (test): make benchmark ARGUMENTS="--dry-run", make test ARGUMENTS="tests/metrics".

PYTHON ?= python3
PRESET ?=
ARGUMENTS ?=
JOBS ?= auto

base_python := $(shell command -v $(PYTHON) 2>/dev/null)
ready := .venv/.ready

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export OMP_NUM_THREADS ?= 1
export OMP_WAIT_POLICY ?= PASSIVE

.PHONY: benchmark smoke publish test lint format lock browser clean

benchmark: $(ready)
	@.venv/bin/python scripts/benchmark.py $(if $(PRESET),--preset $(PRESET)) $(ARGUMENTS)

smoke: PRESET = smoke
smoke: benchmark

publish: $(ready)
	@.venv/bin/python -m scripts.publish $(ARGUMENTS)

# The data directory that a development machine may share between clones.
ifneq ($(wildcard ../shared/data),)
test: export AEBENCH_DATA ?= $(abspath ../shared/data)
endif
test: $(ready) browser lint
	.venv/bin/python -m pytest --numprocesses $(JOBS) --dist loadfile $(ARGUMENTS)

lint: $(ready)
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/snakefmt --check Snakefile workflow

format: $(ready)
	.venv/bin/ruff check --fix --exit-zero
	.venv/bin/ruff format
	.venv/bin/snakefmt Snakefile workflow

# Pins that pyproject.toml still allows stay; make lock ARGUMENTS=--upgrade moves all of them.
lock: $(ready)
	.venv/bin/python scripts/lock.py $(ARGUMENTS)

# Results stay: they are hours of work, and they are up to date by their names (rm -r results).
clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache

# The environment is built anew whenever the lock changes.
$(ready): envs/requirements.lock
	@test -n "$(base_python)" || { \
	  echo "AEBench needs Python 3.11 or newer; there is no '$(PYTHON)' here." \
	    "Name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(base_python)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "AEBench needs Python 3.11 or newer; $(base_python) is" \
	    "$$("$(base_python)" --version 2>&1 | head -n 1). Name another: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Setting up .venv from envs/requirements.lock: a few minutes, once."
	@"$(base_python)" -m venv --clear .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -r envs/requirements.lock
	@touch $@

# Tests that open the report in a browser are skipped where there is none.
browser:
	@has() { command -v "$$1" >/dev/null 2>&1; }; \
	if { has chromium || has chromium-browser || has google-chrome; } && has chromedriver; then exit 0; fi; \
	if ! has apt-get; then root=none; \
	elif [ "$$(id -u)" = 0 ]; then root=; \
	elif has sudo && sudo -n true 2>/dev/null; then root="sudo -n"; \
	else root=none; fi; \
	if [ "$$root" != none ]; then \
	  echo "Installing Chromium for the tests that open the report."; \
	  { $$root apt-get update -qq && $$root env DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends chromium chromium-driver; } >/dev/null && exit 0; \
	fi; \
	echo "There is no Chromium here and none could be installed: browser tests will be skipped."
