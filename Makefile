# All tasks of this repository. `make help` lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# The installed package is out of date if one of these is newer. The build generates the rest.
PACKAGE := pyproject.toml setup.py MANIFEST.in \
    $(wildcard tools/docs_header.py tools/blocking_client.py) \
    $(shell find proto src python/routeguide -type f \
        -not -name '*_pb2*' -not -path '*/client/client.py' -not -path '*/__pycache__/*')

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint format bench bench-quick bench-import bench-lookup bench-serving \
    clean check-binding check-drain check-swap check-workers check-geonames pictures

include tests/c/core.mk
include $(filter-out tests/c/core.mk,$(wildcard tests/c/*.mk tests/c/*/*.mk))

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | \
	    awk -F ':.*## ' '{ printf "  make %-18s %s\n", $$1, $$2 }'

run: $(VENV)/package ## run the documented client against the server
	$(BIN)/python python/demo.py

test: $(VENV)/test ## run the whole test suite
	$(MAKE) --no-print-directory --jobs=2 check-core
	$(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder

lint: $(VENV)/test ## check types and style
	$(BIN)/python -m mypy python tests tools
	$(BIN)/python -m ruff check python tests benchmarks tools setup.py
	$(BIN)/python -m ruff format --check python tests benchmarks tools setup.py

format: $(VENV)/test ## rewrite the sources in the project's style
	$(BIN)/python -m ruff check --fix python tests benchmarks tools setup.py
	$(BIN)/python -m ruff format python tests benchmarks tools setup.py
	clang-format -i src/routeguide_c/*/*.[ch] src/routeguide_c/core/*/*.[ch] tests/c/*.[ch]

bench: $(VENV)/bench ## measure the index and its peers; goals into benchmarks/RESULTS.md (20 minutes)
	$(BIN)/python benchmarks/run.py

bench-quick: $(VENV)/bench ## the same with small sizes, into build/bench (two minutes)
	$(BIN)/python benchmarks/run.py --quick

bench-serving: $(VENV)/bench ## measure the servers; goals into benchmarks/SERVING.md (12 minutes)
	$(BIN)/python benchmarks/serving.py

bench-import: $(VENV)/bench $(VENV)/test ## measure import, nearest and map; goals into benchmarks/IMPORTING.md
	$(BIN)/python benchmarks/importing.py

CAMPAIGN := PYTHONPATH=tests $(BIN)/python -m

check-drain: $(VENV)/test ## SIGTERM under load, 200 times (six minutes)
	$(CAMPAIGN) campaigns.drain

check-swap: $(VENV)/test ## new features every 100 ms under load, for a minute each way
	$(CAMPAIGN) campaigns.swap
	$(CAMPAIGN) campaigns.swap -- --watch
	$(CAMPAIGN) campaigns.swap -- --workers 2

check-workers: $(VENV)/test ## SIGKILL of a worker under load, 20 times
	$(CAMPAIGN) campaigns.kill_worker

check-geonames: $(VENV)/test ## GeoNames' places in 1,000 boxes against numpy (half a minute)
	$(CAMPAIGN) campaigns.geonames

pictures: $(VENV)/test ## redraw docs/images; needs Chromium
	$(BIN)/python tools/pictures.py

clean: ## remove everything that builds, tests and editable installs made
	rm -rf build dist .venv .hypothesis .pytest_cache .mypy_cache .ruff_cache *.egg-info
	rm -f python/routeguide/pb/*_pb2.py* python/routeguide/pb/*_pb2_grpc.py src/routeguide_c/*.so
	rm -f python/routeguide/client/client.py
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	    { echo "$(PYTHON) is not Python 3.10 or newer: try make PYTHON=python3.12" >&2; exit 1; }
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	touch $@

# build/ keeps modules that were moved or deleted since, and setuptools would put them into the
# wheel. The compiled extension is kept, unless it may have been built with other flags.
STALE = find build -path 'build/lib*' -type f -not \( -name '*.so' -newer setup.py \) -delete 2>/dev/null
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(VENV)/package: $(VENV)/python $(PACKAGE)
	@echo 'installing the package into $(VENV)'
	@$(STALE) || true
	$(INSTALL) .
	touch $@

$(VENV)/test: $(VENV)/python $(PACKAGE)
	@$(STALE) || true
	$(INSTALL) '.[test]'
	touch $@ $(VENV)/package

$(VENV)/bench: $(VENV)/python $(PACKAGE)
	@$(STALE) || true
	$(INSTALL) '.[bench]'
	touch $@ $(VENV)/package

check-binding: $(VENV)/python ## compile the extension with the core's warnings as errors, by gcc and clang
	for compiler in gcc clang; do \
	    command -v $$compiler >/dev/null || continue; \
	    rm -rf build/lib*; \
	    STRICT=1 CC=$$compiler $(BIN)/python -m pip wheel --quiet --disable-pip-version-check \
	        --no-deps --wheel-dir build/strict . || exit; \
	done
	rm -rf build/lib* build/strict

bench-lookup: ## measure both ways to look up a point, in C
	@mkdir -p build/bench
	$(CC) -std=c11 -O3 -Isrc/routeguide_c/core -o build/bench/lookup \
	    benchmarks/lookup.c src/routeguide_c/core/*.c src/routeguide_c/core/*/*.c -lm -pthread
	build/bench/lookup
