# Everything a person does with this tree. `make help` lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# What, when changed, makes the installed package stale.
PACKAGE := pyproject.toml setup.py MANIFEST.in \
    $(shell find proto src python/routeguide -type f \
        -not -name '*_pb2*' -not -path '*/__pycache__/*' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run test lint format asan clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | \
	    awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

run: $(VENV)/package ## start the server, run the documented client against it, stop the server
	$(BIN)/python python/demo.py

test: $(VENV)/test check-core ## run the whole test suite
	$(BIN)/python -m pytest

lint: $(VENV)/test ## check types and style
	$(BIN)/python -m mypy python/routeguide tests
	$(BIN)/python -m ruff check python tests benchmarks setup.py
	$(BIN)/python -m ruff format --check python tests benchmarks setup.py

format: $(VENV)/test ## rewrite the sources in the project's style
	$(BIN)/python -m ruff check --fix python tests benchmarks setup.py
	$(BIN)/python -m ruff format python tests benchmarks setup.py
	clang-format -i src/routeguide_c/*/*.[ch] tests/c/*.[ch]

clean: ## remove all that the build and the tests made
	rm -rf build dist .venv .hypothesis .pytest_cache .mypy_cache .ruff_cache *.egg-info
	rm -f python/routeguide/pb/*_pb2.py* python/routeguide/pb/*_pb2_grpc.py
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/python:
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/package: $(VENV)/python $(PACKAGE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check .
	touch $@

$(VENV)/test: $(VENV)/python $(PACKAGE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check '.[test]'
	touch $@ $(VENV)/package

# --- the C core on its own, without Python ---

CORE_FLAGS := -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
	-fno-builtin-pow -ffp-contract=off -Isrc/routeguide_c/core -DRG_ALLOC_FAULTS -MMD -MP
PLAIN_FLAGS := -O2 -g
SANITIZED_FLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all

CHECK_SOURCES := $(wildcard src/routeguide_c/core/*.c tests/c/*.c)
PLAIN_OBJECTS := $(CHECK_SOURCES:%.c=build/check/plain/%.o)
SANITIZED_OBJECTS := $(CHECK_SOURCES:%.c=build/check/sanitized/%.o)

.PHONY: check-c
check-c: build/check/plain/run build/check/sanitized/run ## Test the C core: plain, then under sanitizers, with and without SIMD
	build/check/plain/run
	ROUTEGUIDE_SIMD=scalar build/check/plain/run
	build/check/sanitized/run
	ROUTEGUIDE_SIMD=scalar build/check/sanitized/run

build/check/plain/run: $(PLAIN_OBJECTS)
	$(CC) $(PLAIN_FLAGS) -o $@ $^ -lm

build/check/sanitized/run: $(SANITIZED_OBJECTS)
	$(CC) $(SANITIZED_FLAGS) -o $@ $^ -lm

build/check/plain/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CORE_FLAGS) $(PLAIN_FLAGS) -c -o $@ $<

build/check/sanitized/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CORE_FLAGS) $(SANITIZED_FLAGS) -c -o $@ $<

-include $(PLAIN_OBJECTS:.o=.d) $(SANITIZED_OBJECTS:.o=.d)
