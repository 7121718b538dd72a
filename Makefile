# make run    set up and serve with demonstration data      make test   set up and run the whole suite
# make check  format, lint, types, import contracts         make bench  benchmarks, as ratios
.PHONY: run test check check-types check-rules bench bench-search torture pictures dist clean
PORT ?= 8000
# Test files are shared out over this many processes; `make test TESTERS=0` runs them one after another.
TESTERS ?= 2
BIN = .venv/bin
# Containers often forbid Python to keep what it compiled; each of the processes that the tests start, and each of the
# testers, would then compile all anew.
unexport PYTHONDONTWRITEBYTECODE

run:
	@deploy/setup.sh run
	@$(BIN)/kho demo --port $(PORT)

test:
	@deploy/setup.sh test
	@$(BIN)/python -m pytest -n $(TESTERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check:
	@deploy/setup.sh test
	@$(MAKE) --no-print-directory -j2 -O check-types check-rules

# The types take as long as all other rules together, so the two halves run side by side.
check-types:
	$(BIN)/mypy

check-rules:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/djangofmt --quiet --check webapp
	$(BIN)/djlint --quiet --lint webapp
	$(BIN)/python -m pytest -q tests/architecture tests/webapp/kinds -k "not postgresql"

bench:
	@deploy/setup.sh test
	@$(BIN)/python -m tests.bench.run $(ARGS)

bench-search:
	@deploy/setup.sh test
	@$(BIN)/python tests/bench/search_quality.py $(ARGS)

# Kills a real house again and again under uploads; ARGS=--faults tries every fault of every
# system call; ARGS=--tests gives the suite's own searches for faults many more turns.
torture:
	@deploy/setup.sh test
	@$(BIN)/python -m tests.torture.run $(ARGS)

# The pictures of README and guide, taken of the demonstration anew; ARGS=NAME… takes only these.
pictures:
	@deploy/setup.sh test
	@$(BIN)/python deploy/pictures.py $(ARGS)

dist:
	@deploy/setup.sh test
	@rm -rf dist && $(BIN)/uv build --no-build-isolation --python $(BIN)/python --quiet

clean:
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
