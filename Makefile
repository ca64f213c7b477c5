# Everything a person does with this tree. `make help` lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# What, when changed, makes the installed package stale.
PACKAGE := pyproject.toml setup.py MANIFEST.in tools/docs_header.py \
    $(shell find proto src python/routeguide -type f \
        -not -name '*_pb2*' -not -path '*/__pycache__/*' 2>/dev/null)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint format bench bench-quick bench-import bench-lookup bench-serving \
    bench-serving-load clean check-drain check-swap check-workers check-geonames check-binding pictures

include tests/c/core.mk
include tests/c/fuzz/fuzz.mk
include tests/c/threads/threads.mk
include tests/c/coverage.mk

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | \
	    awk -F ':.*## ' '{ printf "  make %-18s %s\n", $$1, $$2 }'

run: $(VENV)/package ## start the server, run the documented client against it, stop the server
	$(BIN)/python python/demo.py

test: $(VENV)/test check-core ## run the whole test suite
	$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: $(VENV)/test ## check types and style
	$(BIN)/python -m mypy python tests tools
	$(BIN)/python -m ruff check python tests benchmarks tools setup.py
	$(BIN)/python -m ruff format --check python tests benchmarks tools setup.py

format: $(VENV)/test ## rewrite the sources in the project's style
	$(BIN)/python -m ruff check --fix python tests benchmarks tools setup.py
	$(BIN)/python -m ruff format python tests benchmarks tools setup.py
	clang-format -i src/routeguide_c/*/*.[ch] tests/c/*.[ch]

bench: $(VENV)/bench ## measure against every peer, into benchmarks/RESULTS.md (about 20 minutes)
	$(BIN)/python benchmarks/run.py

bench-quick: $(VENV)/bench ## measure less, in under two minutes, into build/bench
	$(BIN)/python benchmarks/run.py --quick

bench-serving: $(VENV)/bench ## measure what the servers cost, into benchmarks/SERVING.md (about 12 minutes)
	$(BIN)/python benchmarks/serving.py

bench-import: $(VENV)/bench $(VENV)/test ## measure import, nearest and map, into benchmarks/IMPORTING.md
	$(BIN)/python benchmarks/importing.py

bench-serving-load: $(VENV)/package ## measure the server under idle chats and connections
	$(BIN)/python benchmarks/serving_load.py

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

check-binding: $(VENV)/python ## compile the extension with every warning an error, by gcc and clang
	for compiler in gcc clang; do \
	    STRICT=1 CC=$$compiler $(BIN)/python -m pip wheel --quiet --disable-pip-version-check \
	        --no-deps --wheel-dir build/strict . || exit; \
	done

pictures: $(VENV)/test ## draw docs/images again; needs Chromium
	$(BIN)/python tools/pictures.py

clean: ## remove all that the build and the tests made, editable installs' parts too
	rm -rf build dist .venv .hypothesis .pytest_cache .mypy_cache .ruff_cache *.egg-info
	rm -f python/routeguide/pb/*_pb2.py* python/routeguide/pb/*_pb2_grpc.py src/routeguide_c/*.so
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	    { echo "$(PYTHON) is not Python 3.10 or newer: try make PYTHON=python3.12" >&2; exit 1; }
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/package: $(VENV)/python $(PACKAGE)
	@echo 'installing the package into $(VENV)'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check .
	touch $@

$(VENV)/test: $(VENV)/python $(PACKAGE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check '.[test]'
	touch $@ $(VENV)/package

bench-lookup: ## measure the two ways to look a point up, in C
	@mkdir -p build/bench
	$(CC) -std=c11 -O3 -Isrc/routeguide_c/core -o build/bench/lookup \
	    benchmarks/lookup.c src/routeguide_c/core/*.c src/routeguide_c/core/*/*.c -lm -pthread
	build/bench/lookup

$(VENV)/bench: $(VENV)/python $(PACKAGE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check '.[bench]'
	touch $@ $(VENV)/package
