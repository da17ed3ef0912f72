# Two commands matter: `make demo` and `make test`. Both prepare .venv first, which takes a moment once.
# GNU make 3.81 will do; so the recipes are plain sh, and the stamps are asked by the shell.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
UV := uv==0.13.9

# A stamp is named by what it stands for: the same locks in the same place were installed to the end.
digest = $(shell { pwd; cat $(1); } | cksum | tr ' ' '-')
RUNTIME := $(VENV)/.runtime-$(call digest,requirements/build.txt requirements/runtime.txt pyproject.toml hatch_build.py)
TEST := $(VENV)/.test-$(call digest,requirements/test.txt)

PIP := $(PY) -m pip install --quiet --no-user --retries 10
LOCKED := $(PIP) --require-hashes --no-deps
# What the machine says about Python and pip stays outside. Tests start a hundred processes: they read compiled modules.
unexport PYTHONHOME
unexport PYTHONPATH
unexport PYTHONDONTWRITEBYTECODE
unexport VIRTUAL_ENV
export PIP_DISABLE_PIP_VERSION_CHECK := 1
PIP_DEFAULT_TIMEOUT ?= 60
export PIP_DEFAULT_TIMEOUT

# A file of tests stays in one process: what its tests share is made once. Files run in order of their names; xdist would
# put those with few tests last, and they are the longest.
SPREAD := --numprocesses logical --maxprocesses 8 --dist loadfile --no-loadscope-reorder
# One process more than cores, because some tests wait for a clock or a server.
FULL = --numprocesses $$($(PY) -c 'import os; print(min(8, (os.cpu_count() or 1) + 1))') --dist loadfile --no-loadscope-reorder

# What `make quick` runs: of the tests that start the application, those of the main routes.
QUICK := tests/domain tests/questionnaires tests/charts tests/languages tests/storage tests/test_golden.py \
	$(addprefix tests/services/,assessments auth operations people results survey) \
	$(patsubst %,tests/api/test_%.py,assessments authentication invitations reference responses) \
	tests/web/http $(patsubst %,tests/web/console/test_%.py,new_assessment sign_in) \
	$(patsubst %,tests/web/survey/test_%.py,autosave section_pages sending start_page)

CAN := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
HAS := import sys, pip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
WHICH := import sys; print(sys.version)

.PHONY: help setup demo serve test quick soak check format bench benchmark wheel release lock clean python runtime tested

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

setup: tested ## Prepare .venv for everything

demo: runtime ## A server with demo data at http://127.0.0.1:8000
	@$(BIN)/assessment demo $(ARGS)

serve: runtime ## The server, as the environment configures it
	@$(BIN)/assessment serve $(ARGS)

test: tested ## Every test, PostgreSQL and the browser included
	@ASSESSMENT_TEST_BROWSER="$$($(PY) tests/browsers.py $(BROWSER))" && test -n "$$ASSESSMENT_TEST_BROWSER" && \
	export ASSESSMENT_TEST_BROWSER && $(PY) -m pytest $(FULL) $(ARGS)

quick: tested ## The inner loop: the core on SQLite; no PDF, browser or server, under a minute
	@$(PY) -m pytest $(SPREAD) -q -x -m "not browser and not slow and not postgres and not variant" $(QUICK) $(ARGS)

soak: tested ## Attacks and faults at length: 1,000 organisations, 100 kills, 40 backups under load; a table by promise
	@ASSESSMENT_TEST_BROWSER="$$($(PY) tests/browsers.py $(BROWSER))" && test -n "$$ASSESSMENT_TEST_BROWSER" && \
	export ASSESSMENT_TEST_BROWSER && ASSESSMENT_TEST_SOAK=1 $(PY) -m pytest $(FULL) -q -p tests.soak_summary \
		$$($(PY) -m tests.soak_files) $(ARGS)

check: tested ## Style, types, direction of imports, templates
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates

format: tested ## Format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: tested ## Responses, closes, imports, pages and memory next to bare ones; writes the table in benchmarks/README.md
	@$(PY) -m benchmarks.bench $(ARGS)

benchmark: tested ## Time and memory of results and reports, weight of pages; what against what: benchmarks/README.md
	@$(PY) -m benchmarks.size && $(PY) -m benchmarks.report && $(PY) -m benchmarks.weight

catalogues: tested ## Update the translation files with the texts of the program
	@$(PY) tests/catalogues.py

wheel: runtime ## Source distribution and wheel, in dist/
	@rm -rf dist && $(PY) -m hatchling build -t sdist -t wheel

release: tested ## Wheel, source distribution, bill of materials and licences in dist/; the wheel proven in a bare environment
	@$(PY) -m pytest -q tests/test_licences.py tests/test_release.py tests/storage/test_migrations.py && $(PY) -m tests.release

lock: python ## Compile requirements/ from pyproject.toml; UPGRADE=--upgrade for newer versions
	@scratch="$$(mktemp -d)" && trap 'rm -rf "$$scratch"' EXIT && \
	$(PY) -m venv "$$scratch" && "$$scratch/bin/python" -m pip install --quiet $(UV) && \
	compile() { "$$scratch/bin/uv" --no-config pip compile --quiet --universal --python-version 3.11 \
		--fork-strategy fewest --generate-hashes --no-emit-index-url --no-header --no-annotate $(UPGRADE) "$$@"; } && \
	compile pyproject.toml -o requirements/runtime.txt && \
	compile --group build -c requirements/runtime.txt -o requirements/build.txt && \
	compile --group test -c requirements/runtime.txt -o requirements/test.txt

clean: ## Remove .venv and what was built
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# The newest Python here that can make an environment with pip in it; PYTHON= overrides, and renews .venv if it differs.
python:
	@if $(PY) -c '$(HAS)' 2>/dev/null && { test -z '$(PYTHON)' || \
		test "$$($(PYTHON) -c '$(WHICH)' 2>/dev/null)" = "$$($(PY) -c '$(WHICH)')"; }; then exit 0; fi; \
	for python in $(if $(PYTHON),'$(PYTHON)',python3.14 python3.13 python3.12 python3.11 python3 python); do \
		if "$$python" -c '$(CAN)' 2>/dev/null; then \
			echo "Making $(VENV) with $$("$$python" --version)." && "$$python" -m venv --clear $(VENV); exit $$?; \
		fi; \
	done; \
	echo "No $(if $(PYTHON),usable $(PYTHON),Python 3.11 to 3.14) with venv was found. On Debian: sudo apt-get install python3-venv" >&2; \
	exit 1

runtime: python
	@test -e $(RUNTIME) || { echo "Installing what the program needs." && \
	$(LOCKED) -r requirements/build.txt && $(LOCKED) -r requirements/runtime.txt && \
	$(PIP) --no-deps --no-build-isolation --editable . && rm -f $(VENV)/.runtime-* && touch $(RUNTIME); }

tested: runtime
	@test -e $(TEST) || { echo "Installing what the tests need." && \
	$(LOCKED) -r requirements/test.txt && rm -f $(VENV)/.test-* && touch $(TEST); }
