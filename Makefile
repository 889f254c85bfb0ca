# Needs Python 3.11 or newer and make; everything else goes into .venv.
PYTHON ?= $(or $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; \
  done),python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
READY := $(VENV)/.ready
RUNS := $(VENV)/.ready-to-run

# An environment that was made in another folder, or with a Python that is gone, is made anew.
USABLE := $(shell $(BIN)/python -I -c 'import gassapi_backend as found, os; \
  print("yes" if os.path.samefile(found.__path__[0], "gassapi_backend") else "")' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run dev test test-fast check lint format fuzz chaos wheel bench audit interop screens speed lock clean again

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUNS) ## Set up and run the server on SQLite, port 3000
	@$(BIN)/gassapi-backend start

dev: $(READY) ## Run with demo data, and again after every change of the code
	@$(BIN)/gassapi-backend dev

test: $(READY) ## Set up and run all tests, on every database there is
	@$(BIN)/pytest -n auto --dist worksteal

test-fast: $(READY) ## Run the tests on SQLite only
	@GASSAPI_TEST_ENGINES=sqlite $(BIN)/pytest -n auto --dist worksteal

check: lint test ## Format, lint, types, tests

lint: $(READY) ## Format, lint, types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: $(READY) ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

fuzz: $(READY) ## Send the API thousands of requests made from its own document
	@$(BIN)/python -m tests.fuzz
	@$(BIN)/python -m tests.fuzz --mutate 10000

chaos: $(READY) ## Run writers and faults against each other, and check what is left; MINUTES=5 on each database
	@$(BIN)/python -m tests.chaos $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

wheel: $(READY) ## Build the wheel into dist/
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist .

bench: $(READY) ## Measure the hot paths against a bare server, side by side
	@$(BIN)/python -m benchmarks

audit: $(READY) ## Look for known vulnerabilities in the locks; STRICT=1 fails where no source answers
	@$(BIN)/python -m tests.advisories $(if $(STRICT),--strict)

interop: $(READY) ## Run what we export in others' tools, from npm; STRICT=1 fails where npm does not answer
	@$(BIN)/python -m tests.interop $(if $(STRICT),--strict)

screens: $(READY) ## Take a picture of every screen of the console into build/screens: light, dark, on a phone
	@$(BIN)/python -m tests.console

speed: $(READY) ## Measure how soon the console can be used on a slow phone with a slow network
	@$(BIN)/python -m tests.console.speed

# The first lock is of what tests need too; the second takes its versions from it. What is locked
# already keeps its version while pyproject.toml allows it, unless UPGRADE=1.
COMPILE = build/uv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --fork-strategy fewest \
  --generate-hashes --no-header --no-annotate

lock: ## Lock the versions of pyproject.toml; with UPGRADE=1, the newest that it allows
	@echo "Getting uv into build/uv, for this only …"
	@$(PYTHON) -m venv build/uv && build/uv/bin/python -m pip --quiet install --upgrade uv
	@echo "Locking what runs, and what tests it: requirements-dev.lock …"
	@$(COMPILE) $(if $(UPGRADE),--upgrade) --all-extras --group build --group test -o requirements-dev.lock
	@echo "Locking what runs: requirements.lock …"
	@rm -f requirements.lock
	@$(COMPILE) --extra redis --group build -c requirements-dev.lock -o requirements.lock
	@git diff --stat -- requirements.lock requirements-dev.lock 2>/dev/null || true

clean: ## Remove .venv and everything built
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# A lock is complete, so it is installed without looking at what its packages ask for: pip would
# resolve that anew and trip over the first release that came out since. Whether the versions fit
# together is asked afterwards. An environment that has the test tools keeps them up to date.
LOCK = $(if $(filter $(READY),$@ $(wildcard $(READY))),requirements-dev.lock,requirements.lock)

$(RUNS): requirements.lock
$(READY): requirements-dev.lock
$(RUNS) $(READY): pyproject.toml $(if $(USABLE),,again)
	@command -v $(PYTHON) >/dev/null || { \
	  echo "There is no $(PYTHON). Install Python 3.11 or newer (Debian, Ubuntu: apt install python3 python3-venv)."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is older than 3.11. Install a newer one and run: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) comes without venv. Install it (Debian, Ubuntu: apt install python3-venv)."; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv $(if $(USABLE),,--clear) $(VENV)
	@echo "Installing the packages of $(LOCK), which takes up to a minute …"
	@$(PIP) install --quiet --no-deps --require-hashes -r $(LOCK) || { \
	  echo "They could not be installed; pip says why, above. Without a network, pip has nothing to install from."; exit 1; }
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@$(PIP) check || { [ -n "$(USABLE)" ] && echo "Packages of an earlier set-up are in the way: making $(VENV) anew …" && \
	  rm -rf $(VENV) && $(MAKE) --no-print-directory $@; }
	@touch $(RUNS) $@
