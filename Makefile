# The two commands: `make run` starts everything, `make test` checks everything. `make help` lists the rest.
# Variables given to make reach the program: make run PORT=8123 VAR=/some/dir DEMO=0

PYTHON_IN_VENV := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test lint format openapi messages screenshots lock venv dev judges

help: ## List these commands
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 16

run: venv ## Start web server, workers, beat and broker; Ctrl-C stops them (PORT, HOST, VAR, DEMO)
	@exec $(PYTHON_IN_VENV) manage.py run

test: dev judges ## Install what the tests need and run all of them
	@.ci/ensure-services
	@.ci/test

lint: dev ## Style, types, import contracts
	@$(PYTHON_IN_VENV) -m ruff check .
	@$(PYTHON_IN_VENV) -m ruff format --check .
	@$(PYTHON_IN_VENV) -m mypy
	@.venv/bin/lint-imports

format: dev ## Put the code into shape
	@$(PYTHON_IN_VENV) -m ruff check --fix .
	@$(PYTHON_IN_VENV) -m ruff format .

openapi: dev ## Write the API's snapshot anew after a change (tests/api/openapi.json)
	@$(PYTHON_IN_VENV) manage.py spectacular --format openapi-json --validate --fail-on-warn --file tests/api/openapi.json

messages: dev ## Bring the translations up to date with the code and compile them (labeling/locale)
	@$(PYTHON_IN_VENV) -m tests.catalogue

screenshots: dev ## Take pictures of every type, light and dark, desk and tablet (into ./screenshots/)
	@$(PYTHON_IN_VENV) -m tests.browser.screenshots screenshots

lock: dev ## Write the lock files anew from pyproject.toml (.ci/lock --upgrade takes the newest)
	@.ci/lock

venv:
	@.ci/bootstrap requirements.lock

dev:
	@.ci/bootstrap requirements-dev.lock

judges:
	@VENV=.venv-judges .ci/bootstrap requirements-judges.lock
