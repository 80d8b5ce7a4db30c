# Every target bootstraps what it needs into .venv; nothing else has to be installed by hand.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 3
PYTEST_ARGS ?=
TARGET ?=
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python

# compiling every module in every process costs more than running it
unexport PYTHONDONTWRITEBYTECODE

SEEDS ?= 20000
FIRST ?= 0

.PHONY: help demo test test-ha simulate torture soak check check-deploy wheel sbom bench fuzz fmt openapi vendor readability screenshots lock clean

help:
	@echo "make demo [ONCE=1]  set up and run the whole story on SQLite with sandbox partners"
	@echo "make test           set up and pass every test on SQLite and PostgreSQL"
	@echo "make torture        break everything for hours (docs/faults.md; KIND= RUNS= MINUTES= SEED=)"
	@echo "make simulate [SEEDS=20000]  days at a desk on a virtual clock, faults from seeds"
	@echo "make test-ha        kill machines of a three-node cluster under load (docs/deployment.md)"
	@echo "make check          lint, types, import contracts, drift"
	@echo "make bench          interleaved measurements (see docs/performance.md)"
	@echo "make check-deploy   what is under deploy/, as far as no machine is needed for it"
	@echo "make wheel, sbom    what is installed elsewhere, and the list of what is in it"
	@echo "make fuzz           [MINUTES=1] [TARGET=codes] [KEEP=1] coverage-guided fuzzing (docs/fuzzing.md)"
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
	@mkdir -p build
	@$(BIN)/python -m slipcover --json --out build/coverage.json \
		-m pytest -n $(JOBS) --dist worksteal $(PYTEST_ARGS)
	@$(BIN)/python -m slipcover --merge build/coverage.json --out build/coverage.json --fail-under 95

simulate: $(VENV)/.vendored
	@$(BIN)/python -m tests.simulation many --seeds $(SEEDS) --first $(FIRST)

check: $(VENV)/.vendored
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/interrogate --quiet tests
	@$(BIN)/fusion-wallet openapi --check

$(VENV)/.ha: $(VENV)/.ready requirements/ha.txt
	@echo "installing Patroni into $(VENV)/ha"
	@rm -rf $(VENV)/ha
	@$(INSTALL) --target $(VENV)/ha --require-hashes -r requirements/ha.txt
	@touch $@

$(VENV)/.deploy: $(VENV)/.ready requirements/deploy.txt
	@echo "installing checkers of deploy/ into $(VENV)/deploy"
	@rm -rf $(VENV)/deploy
	@$(INSTALL) --target $(VENV)/deploy --require-hashes -r requirements/deploy.txt
	@touch $@

wheel: $(VENV)/.vendored
	@rm -rf dist
	@$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation -w dist .

sbom: $(VENV)/.vendored $(VENV)/.deploy
	@PYTHONPATH=$(CURDIR)/$(VENV)/deploy $(BIN)/python -m tools.sbom

check-deploy: $(VENV)/.ready $(VENV)/.deploy
	@$(BIN)/python -m tools.debian prometheus
	@PYTHONPATH=$(CURDIR)/$(VENV)/deploy $(BIN)/python -m tools.deploying

test-ha: $(VENV)/.vendored $(VENV)/.ha
	@$(BIN)/python -m tools.debian etcd-server
	@$(BIN)/python -m tests.ha

bench: $(VENV)/.vendored
	@$(BIN)/fusion-wallet bench resolve

torture: $(VENV)/.vendored
	@$(BIN)/python -m tests.torture $(foreach kind,$(KIND),--kind $(kind)) $(if $(RUNS),--runs $(RUNS)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

$(VENV)/.fuzzing: $(VENV)/.vendored requirements/fuzz.txt
	@$(INSTALL) --require-hashes -r requirements/fuzz.txt
	@touch $@

fuzz: $(VENV)/.fuzzing
	@$(BIN)/python -m tools.fuzz --minutes $(or $(MINUTES),1) $(addprefix --target ,$(TARGET)) $(if $(KEEP),--keep)

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
	@$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url requirements/peers.in -o requirements/peers.txt
	@$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url requirements/ha.in -o requirements/ha.txt
	@$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url requirements/deploy.in -o requirements/deploy.txt
	@$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url requirements/fuzz.in -o requirements/fuzz.txt
	@$(BIN)/python -m tools.javascript lock

clean:
	@rm -rf $(VENV) build dist var wallet/pages/assets/vendor
