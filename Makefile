# Every target bootstraps what it needs into .venv; nothing else has to be installed by hand.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 3
PYTEST_ARGS ?=
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python

# compiling every module in every process costs more than running it
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check bench soak fmt openapi vendor readability screenshots lock clean

help:
	@echo "make demo [ONCE=1]  set up and run the whole story on SQLite with sandbox partners"
	@echo "make test           set up and pass every test on SQLite and PostgreSQL"
	@echo "make check          lint, types, import contracts, drift"
	@echo "make bench          interleaved measurements (see docs/performance.md)"
	@echo "make soak           load real processes for MINUTES and tell whether anything grows"
	@echo "make fmt            format"
	@echo "make readability    how well three decoders read the code (docs/readability.md)"
	@echo "make screenshots    every page in both languages (docs/screenshots.md)"
	@echo "make vendor         fetch the JavaScript that pages are served with (others do it too)"

$(VENV)/.ready: requirements/installer.txt requirements/dev.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "Python 3.11 is needed (set PYTHON=...)"; exit 1; }
	@echo "installing locked dependencies into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.txt
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.vendored: $(VENV)/.ready javascript/package.json javascript/package-lock.json javascript/.npmrc $(wildcard tools/javascript/*.py)
	@echo "fetching locked JavaScript"
	@$(BIN)/python -m tools.javascript
	@touch $@

# the files may have gone while the stamp stayed
ifeq ($(wildcard wallet/pages/assets/vendor/*),)
.PHONY: $(VENV)/.vendored
endif

vendor: $(VENV)/.vendored

demo: $(VENV)/.vendored
	@$(BIN)/fusion-wallet demo $(if $(ONCE),--once)

test: $(VENV)/.vendored
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal --cov --cov-report= $(PYTEST_ARGS)
	@$(BIN)/python -m coverage report

check: $(VENV)/.vendored
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/interrogate --quiet tests
	@$(BIN)/fusion-wallet openapi --check

bench: $(VENV)/.vendored
	@$(BIN)/fusion-wallet bench resolve

soak: $(VENV)/.vendored
	@$(BIN)/python -m tools.soak --minutes $(or $(MINUTES),45)

readability: $(VENV)/.vendored
	@$(BIN)/python -m tools.readability

screenshots: $(VENV)/.vendored
	@$(BIN)/python -m tools.screenshots

fmt: $(VENV)/.ready
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

openapi: $(VENV)/.vendored
	@$(BIN)/fusion-wallet openapi --write

lock:
	@$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url requirements/installer.in -o requirements/installer.txt
	@$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url requirements/runtime.in -o requirements/runtime.txt
	@$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url requirements/dev.in -o requirements/dev.txt
	@$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url requirements/node.in -o requirements/node.txt
	@$(BIN)/python -m tools.javascript lock

clean:
	@rm -rf $(VENV) build var wallet/pages/assets/vendor
