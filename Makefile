# Protocol Campus: one word for each task. `make help` lists them.
SHELL := /bin/bash
PORT ?= 8000
export PORT
export PYTHONPATH := site:.
PYTHON := .venv/bin/python
APT := .ci/apt-packages.txt
APT_TEST := .ci/apt-packages-test.txt
.DEFAULT_GOAL := help
.PHONY: help run environment demo-password test unit e2e lint format messages bench figures shell lock clean

help:  ## list these words
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: environment  ## install what is missing and start web, worker and scheduler (PORT=8000)
	@exec $(PYTHON) .ci/start.py

environment:
	@.ci/system.sh $(APT)
	@.ci/environment.sh

demo-password: environment  ## give the sample accounts a new password (CAMPUS_DEMO_PASSWORD, else random)
	@$(PYTHON) manage.py demo_password

test: environment  ## every test: SQLite, PostgreSQL and Redis where reachable, browser (K=words to choose)
	@.ci/system.sh $(APT_TEST)
	@exec $(PYTHON) .ci/test.py all $(if $(K),-k "$(K)")

unit: environment  ## the tests without a browser, on SQLite (K=words to choose)
	@exec $(PYTHON) .ci/test.py unit $(if $(K),-k "$(K)")

e2e: environment  ## the browser tests (K=words to choose)
	@.ci/system.sh $(APT_TEST)
	@exec $(PYTHON) .ci/test.py e2e $(if $(K),-k "$(K)")

lint: environment  ## style, types, import rules, migrations, strings, production settings
	@exec $(PYTHON) .ci/lint.py

format: environment  ## set Python and templates in our style
	@.venv/bin/ruff check -q --fix . || true
	@.venv/bin/ruff format -q .
	@.venv/bin/djhtml -t 2 $$(git ls-files '*.html') || true

messages: environment  ## collect and compile the interface strings of all rooms
	@exec $(PYTHON) .ci/messages.py

bench: environment  ## measure, and compare with the budgets (writes var/bench.json)
	@.ci/system.sh $(APT_TEST)
	@exec $(PYTHON) tests/benchmarks/run.py $(K)

figures: environment  ## write the main figures of the last make bench into the README
	@$(PYTHON) tests/benchmarks/run.py --readme

lock: environment  ## write requirements.txt anew from pyproject.toml
	@.venv/bin/uv pip compile pyproject.toml --all-extras -q -o requirements.txt --python-version 3.11 --no-header

shell: environment  ## a Python shell with the models
	@exec $(PYTHON) manage.py shell

clean:  ## remove the environment and everything under var/, the database too
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
