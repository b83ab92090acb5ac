# `make` alone lists the targets. Everything a target needs is installed by it, from hash-pinned lists.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
AT ?=
DEMO ?= 1
PORT ?= 8000
export PYTHONDONTWRITEBYTECODE ?= 1

.DEFAULT_GOAL := help
.PHONY: help run test check bench docs env spark assets lock clean

help:  ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

run: assets  ## Start everything on http://127.0.0.1:8000 (AT=2013-11-15 another day, DEMO=0 empty, PORT=8000)
	@$(BIN)/conferral run --port $(PORT) $(if $(AT),--at $(AT)) $(if $(filter 0,$(DEMO)),--no-demo)

test: assets .venv/.test  ## Run every test, the browser journey included
	@$(BIN)/python tools/browser.py
	@$(BIN)/pytest --numprocesses auto --dist loadfile $(TESTS)

check: assets .venv/.test  ## Lint, types, import contract, migrations, docs, licences
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/conferral check

bench: assets .venv/.test .venv/.bench  ## Measure speed and print the table kept in bench/README.md
	@$(BIN)/python -m bench $(BENCH)

docs: assets .venv/.test  ## Write the generated pages under docs/
	@$(BIN)/conferral docs
	@$(BIN)/conferral licences

env: .venv/.run  ## Make the environment only

spark: .venv/.run  ## Add Spark, for judging on more than one machine (434 MB; Java 17 or later is needed to run it)
	@.tools/bin/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/spark.txt

assets: .venv/.run  ## Build the front end
	@$(BIN)/python frontend/build.py

lock:  ## Compile the hash-pinned requirements again
	@for f in run:"--extra allocation" test:"--extra test"; do \
	  .tools/bin/uv pip compile pyproject.toml $${f#*:} -o requirements/$${f%%:*}.txt $(LOCK); done
	@.tools/bin/uv pip compile pyproject.toml --extra spark -c requirements/test.txt -o requirements/spark.txt $(LOCK)
	@.tools/bin/uv pip compile pyproject.toml --extra bench -c requirements/test.txt -o bench/others.txt $(LOCK)
	@for f in tools build node; do .tools/bin/uv pip compile requirements/$$f.in -o requirements/$$f.txt $(LOCK); done
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url

clean:  ## Remove the environment and built files; the data in .conferral/ stays
	rm -rf .venv .tools frontend/node_modules src/conferral/pages/static

.tools/.ready: requirements/tools.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Conferral needs Python 3.11 or later as python3 (or: make PYTHON=/path/to/python3.12)."; exit 1; }
	@$(PYTHON) -m venv .tools || { \
	  echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv."; exit 1; }
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
	@touch $@

.venv/.run: .tools/.ready requirements/run.txt requirements/build.txt requirements/node.txt pyproject.toml
	@.tools/bin/uv venv --quiet --allow-existing --python $$(readlink -f .tools/bin/python) .venv
	@.tools/bin/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.txt
	@.tools/bin/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/build.txt
	@command -v npm >/dev/null || .tools/bin/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/node.txt
	@.tools/bin/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

.venv/.test: .venv/.run requirements/test.txt
	@.tools/bin/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/test.txt
	@touch $@

.venv/.bench: .venv/.test bench/others.txt
	@.tools/bin/uv pip install --quiet --python $(BIN)/python --require-hashes -r bench/others.txt || \
	  echo "What Conferral is compared with could not be installed; the table will say so."
	@touch $@
