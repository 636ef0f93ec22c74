# Everything installs itself into .venv; nothing but Python >= 3.11 and make is expected.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile

.PHONY: demo test check coverage bench fix lint clean

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

lint: $(VENV)/installed            ## format, lint, types, direction of imports: verifies, rewrites nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint                        ## what CI runs: also the larger models, the guards, the proof, the comparison
	$(PYTEST)
	$(BIN)/python -m spec check --tier full
	$(BIN)/python -m spec guards
	$(BIN)/python -m spec prove
	$(BIN)/python -m stateful_tests.exact --tier full --only    # pytest has compared the quick ones

coverage: $(VENV)/installed        ## what each module's own test files reach of it
	$(BIN)/python -m tests.coverage_by_module --report-only

bench: $(VENV)/installed           ## ratios and latencies on this machine
	$(BIN)/python -m benchmarks

fix: $(VENV)/installed             ## the only target that rewrites files
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
