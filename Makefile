# Everything installs itself into .venv; nothing but Python >= 3.11 and make is expected.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help install demo test lint check bench fix clean deep coverage test-lowest test-newest \
        test-sdist pre-commit check-install check-lint check-tests check-models check-comparison

help:                              ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/installed         ## a virtual environment with all tools, in .venv

$(VENV)/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

demo: $(VENV)/installed            ## three processes elect a leader; it is killed; another takes over
	$(BIN)/leader demo

test: $(VENV)/installed            ## all tests, and the quick models under TLC
	$(PYTEST)
	$(BIN)/python -m spec check --tier quick

lint: $(VENV)/installed            ## format, lint, types, direction of imports; rewrites nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What CI runs, in its stages; .ci/run times them.
check: check-lint check-tests check-models check-comparison    ## what CI runs: lint, tests, models, comparison
check-install: install
check-lint: lint

check-tests: $(VENV)/installed     ## all tests, and the coverage of each module by its own
	$(PYTEST)
	$(BIN)/python -m tests.coverage_by_module

check-models: $(VENV)/installed    ## the larger models under TLC, every guard, the proof
	$(BIN)/python -m spec check --tier full
	$(BIN)/python -m spec guards
	$(BIN)/python -m spec prove

check-comparison: $(VENV)/installed    ## the larger graphs of core and TLC; pytest compares the quick ones
	$(BIN)/python -m stateful_tests.exact --tier full --only

# What takes hours; the workflow `deep` runs it each night.
.PHONY: deep deep-models deep-comparison deep-tests deep-fuzz
deep: deep-models deep-comparison deep-tests deep-fuzz test-sdist    ## what takes hours: the largest models and graphs, long random runs
deep-models: $(VENV)/installed
	$(BIN)/python -m spec check --tier deep
	$(BIN)/python -m spec prove --thorough

deep-comparison: $(VENV)/installed
	$(BIN)/python -m stateful_tests.exact --tier deep --only

deep-tests: $(VENV)/installed
	$(PYTEST) stateful_tests/test_rules.py --hypothesis-profile=deep --timeout 18000

deep-fuzz: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,deep]'
	$(BIN)/python -m tests.deep.fuzz_wire --seconds 3600
	$(BIN)/python -m stateful_tests.fuzz_lies --clusters 20000

coverage: $(VENV)/installed        ## what each module's own test files reach of it
	$(BIN)/python -m tests.coverage_by_module

test-lowest: $(VENV)/installed     ## the library's tests with the lowest versions of its dependencies
	$(BIN)/python -m tests.dependency_bounds lowest

test-newest: $(VENV)/installed     ## the library's tests with the newest versions of its dependencies
	$(BIN)/python -m tests.dependency_bounds newest

test-sdist: $(VENV)/installed      ## builds the source distribution, unpacks it elsewhere, runs its tests
	rm -rf build/sdist && mkdir -p build/sdist
	$(BIN)/python -m hatchling build -t sdist -d build/sdist
	cd build/sdist && tar xzf *.tar.gz && cd leader_actor-*/ && $(MAKE) test PYTHON=$(PYTHON)

bench: $(VENV)/installed           ## ratios and latencies on this machine
	$(BIN)/python -m benchmarks

pre-commit: $(VENV)/installed      ## lets git run the quick checks before each commit
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pre-commit
	$(BIN)/pre-commit install

fix: $(VENV)/installed             ## the only target that rewrites files
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:                             ## removes .venv and all that was built or cached
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
