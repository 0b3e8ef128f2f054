# One door: `make` lists what is behind it.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
UV_COMPILE := $(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help run test timed check fix css words lock bench faults clean

help: ## what can be made here
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(VENV)/.runtime: requirements.txt
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

run: $(VENV)/.runtime ## set everything up and start the chat on http://127.0.0.1:8000 (PORT=)
	@$(PY) manage.py prepare
	@exec $(PY) -m chatpoc.serve --port $(PORT)

test: $(VENV)/.development ## linters, types and every test, on SQLite and on PostgreSQL + Redis
	@$(PY) -m tests.run

timed: $(VENV)/.development ## what is promised within a second, to the letter: on a machine that does nothing else
	@$(PY) -m tests.run timed

check: $(VENV)/.development ## linters, types, missing migrations
	@$(PY) -m tests.run check

fix: $(VENV)/.development ## format, and mend what the linter can
	@$(VENV)/bin/ruff check -q --fix . ; $(VENV)/bin/ruff format -q .

words: $(VENV)/.development ## bring the translations up to date with the sources, and compile them
	@$(PY) -m tests.words

css: $(VENV)/.runtime ## build static/css/app.css with Tailwind (needs Node)
	@$(PY) manage.py buildcss

lock: $(VENV)/.development ## pin every dependency, with hashes
	@$(UV_COMPILE) -o requirements.txt
	@$(UV_COMPILE) --extra dev -o requirements-dev.txt

bench: $(VENV)/.development ## measure, beside peers in the same run, half an hour (ONLY="delivery pages" QUICK=1 ALL=1)
	@$(PY) -m tests.load $(ONLY) $(if $(QUICK),--quick) $(if $(ALL),--all)

FAULTS := $(if $(ON),--on $(ON)) $(if $(DELIVERIES),--deliveries $(DELIVERIES)) $(if $(SECONDS),--seconds $(SECONDS)) \
  $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only "$(ONLY)") $(if $(PEOPLE),--people $(PEOPLE)) $(if $(RATE),--rate $(RATE)) $(if $(BRIEF),--brief)
faults: $(VENV)/.development ## break everything while people chat: is anything lost? (DELIVERIES= SECONDS= SEED= ONLY= ON=sqlite BRIEF=1)
	@$(PY) -m tests.faults $(strip $(FAULTS))

clean: ## forget the virtual environment and the demo data
	rm -rf $(VENV) var
