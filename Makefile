# The one way in. `make run` and `make test` set up everything by themselves (tools/setup.py); a second time is quick.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

.PHONY: run test check bench format clean lock setup

run:
	@$(PYTHON) tools/setup.py run
	@exec $(BIN)/songjiao run --demo $(ARGS)

test:
	@$(PYTHON) tools/setup.py test
	@$(PYTHON) tools/npm.py run test
	@exec $(BIN)/pytest $(ARGS)

check:
	@$(PYTHON) tools/setup.py check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	@$(PYTHON) tools/npm.py run lint
	@$(PYTHON) tools/npm.py run typecheck

bench:
	@$(PYTHON) tools/setup.py test
	@exec $(BIN)/python -m tests.benchmarks $(ARGS)

format:
	@$(PYTHON) tools/setup.py check
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Pins every package with hashes; names no index and no machine.
lock:
	@$(PYTHON) tools/setup.py lock

setup:
	@$(PYTHON) tools/setup.py run

# Leaves var/, which holds the data.
clean:
	rm -rf .venv frontend/node_modules frontend/dist artefacts build .mypy_cache .ruff_cache .pytest_cache .hypothesis
