# Reports the branches of the core that its tests take. Included by the Makefile at the top.

GCOV ?= gcov
# Without assertions, whose other branch is a programmer's error.
COVERAGE_FLAGS := -O0 -g --coverage -DNDEBUG
COVERAGE_OBJECTS := $(CHECK_SOURCES:%.c=build/check/coverage/%.o)
COVERAGE_REPLAYED := $(FUZZ_SUPPORT:%.c=build/check/coverage/%.o)
COVERAGE_REPLAYS := $(FUZZ_TARGETS:%=build/check/coverage/replay-%)

.PHONY: coverage
coverage: $(VENV)/gcovr build/check/coverage/run $(COVERAGE_REPLAYS) build/check/coverage/mutate ## report the branches of the core that its own tests take
	find build/check/coverage -name '*.gcda' -delete
	build/check/coverage/run >/dev/null
	ROUTEGUIDE_SIMD=scalar build/check/coverage/run >/dev/null
	for target in $(FUZZ_TARGETS); do \
		build/check/coverage/replay-$$target tests/c/fuzz/corpus/$$target/* >/dev/null || exit 1; \
	done
	build/check/coverage/mutate 20000 >/dev/null
	$(BIN)/gcovr --root . --gcov-executable $(GCOV) --filter src/routeguide_c/core/ \
		--txt-metric branch --txt --html-details build/check/coverage/index.html \
		build/check/coverage/src
	@echo 'line by line: build/check/coverage/index.html'

$(VENV)/gcovr: $(VENV)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'gcovr>=8'
	touch $@

build/check/coverage/run: $(COVERAGE_OBJECTS)
	$(CC) $(COVERAGE_FLAGS) -pthread -o $@ $^ -lm

build/check/coverage/replay-%: build/check/coverage/tests/c/fuzz/fuzz_%.o \
		build/check/coverage/tests/c/fuzz/replay.o $(COVERAGE_REPLAYED)
	$(CC) $(COVERAGE_FLAGS) -pthread -o $@ $^ -lm

build/check/coverage/mutate: build/check/coverage/tests/c/fuzz/fuzz_snapshot.o \
		build/check/coverage/tests/c/fuzz/mutate.o $(COVERAGE_REPLAYED)
	$(CC) $(COVERAGE_FLAGS) -pthread -o $@ $^ -lm

build/check/coverage/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CORE_FLAGS) $(COVERAGE_FLAGS) -c -o $@ $<

-include $(COVERAGE_OBJECTS:.o=.d) $(wildcard build/check/coverage/tests/c/fuzz/*.d)
