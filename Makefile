# Everything a newcomer needs: Python 3.11 or newer with venv, make, and a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help serve test test-slow check format bench lock clean
.DEFAULT_GOAL := help

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(STAMP): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[dev]'
	@touch $@

serve: $(STAMP) ## start the double on port 8080 (ARGS='--port 9000' for more)
	@$(BIN)/devicedouble serve $(ARGS)

# In CI the long tests follow, and what fails of them is tried once more: browsers and killed processes are fickle.
test: $(STAMP) ## the tests, in a few minutes; in CI the long ones too
	$(BIN)/python -m pytest -n 2 -m 'not slow' $(ARGS)
	@$(if $(CI),$(MAKE) test-slow || $(MAKE) test-slow ARGS=--last-failed,true)

test-slow: $(STAMP) ## the long tests: crashes under load, every planted fault, Schemathesis, browsers
	$(BIN)/python -m pytest -n 2 -m slow $(ARGS)

check: $(STAMP) ## style, types, import rules, contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/devicedouble contract lint

format: $(STAMP) ## bring the code into the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP) ## requests a second, latency, start-up and memory beside a bare server
	$(BIN)/python -m benchmarks.serve

lock: ## pin for CI what is installed now
	@{ echo '# What CI installs: the versions that the tests have passed with. Made by: make lock'; \
	  $(BIN)/python -m pip freeze --exclude-editable | grep -v ' @ ' | sort -f; } > requirements.lock

clean: ## remove what was installed and made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis report
