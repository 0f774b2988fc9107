# The one way in. `make run` and `make test` set up everything by themselves (tools/setup.py); a second time is quick.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

.PHONY: run test check bench format clean lock setup

run:
	@$(PYTHON) -m tools.setup run
	@exec $(BIN)/songjiao run --demo $(ARGS)

test:
	@$(PYTHON) -m tools.setup test
	@$(PYTHON) -m tools.npm run test
	@exec $(BIN)/pytest $(if $(ARGS),$(ARGS),-n 2 --no-loadscope-reorder)

check:
	@$(PYTHON) -m tools.setup check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	@$(PYTHON) -m tools.npm run lint
	@$(PYTHON) -m tools.npm run typecheck

bench:
	@$(PYTHON) -m tools.setup test
	@exec $(BIN)/python -m tests.benchmarks $(ARGS)

format:
	@$(PYTHON) -m tools.setup check
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Pins every package with hashes; names no index and no machine.
lock:
	@$(PYTHON) -m tools.setup lock

setup:
	@$(PYTHON) -m tools.setup run

# Leaves var/, which holds the data.
clean:
	rm -rf .venv frontend/node_modules frontend/dist artefacts build .mypy_cache .ruff_cache .pytest_cache .hypothesis
