# The two commands that matter are `make run` and `make test`. Both work on a fresh machine with
# Python 3.11 or newer, and both are quick the second time.

PYTHON ?= python3
VENV ?= .venv
export VENV

# Where a storm rages, and for how long at random.
ON ?= sqlite postgres
MINUTES ?= 5
STORM = $(PYTHON) scripts/bootstrap.py dev -m tests.crash.storm

.PHONY: help run test crashtest crashtest-long coverage histories guardtest golden lint format lock \
	peers bench bench-full services clean

help:  ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 	/p' $(MAKEFILE_LIST)

run:  ## Start everything: web, workers, clock and sandbox
	@exec $(PYTHON) scripts/bootstrap.py run -m syndication_project.supervisor

test:  ## Check everything: format, lint, types, migrations, settings, imports, tests
	@exec $(PYTHON) scripts/bootstrap.py dev scripts/check.py all

crashtest:  ## Deal the running product every blow once: kills, freezes, outages
	@for on in $(ON); do $(STORM) --on $$on || exit 1; done

crashtest-long:  ## Deal it blows at random: make crashtest-long MINUTES=5 ON=postgres
	@for on in $(ON); do $(STORM) --on $$on --minutes $(MINUTES) || exit 1; done

coverage:  ## Run the tests and list the branches they miss
	@exec $(PYTHON) scripts/bootstrap.py dev scripts/check.py coverage

histories:  ## Tell 50 chapters of new histories to the engine (CHAPTERS=500 for more)
	@exec $(PYTHON) scripts/bootstrap.py dev scripts/check.py histories

guardtest:  ## Take each guard of the engine out, one at a time, and see a test fail
	@exec $(PYTHON) scripts/bootstrap.py dev scripts/guardtest.py

golden:  ## Record anew what adapters send and are answered; look at the difference
	@exec $(PYTHON) scripts/bootstrap.py dev scripts/check.py golden

lint:  ## Check all but the tests
	@exec $(PYTHON) scripts/bootstrap.py dev scripts/check.py lint

format:  ## Put code and templates into the agreed form
	@exec $(PYTHON) scripts/bootstrap.py dev scripts/check.py format

lock:  ## Pin and hash what requirements.in and requirements-dev.in ask for
	@exec $(PYTHON) scripts/bootstrap.py dev scripts/lock.py

peers:
	@VENV=.venv-peers $(PYTHON) scripts/bootstrap.py peers

bench: peers  ## Measure: herd, backlog, steady, sick, video; on an idle machine, with PostgreSQL and Redis
	@exec $(PYTHON) scripts/bootstrap.py dev -m benchmarks

bench-full: peers  ## The same with many more posts, for an hour or two
	@exec $(PYTHON) scripts/bootstrap.py dev -m benchmarks --full

services:  ## Install and start the servers some tests need (Debian)
	@exec scripts/services.sh

clean:  ## Remove the virtual environment and caches; never .env or data
	rm -rf $(VENV) .venv-peers .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build
