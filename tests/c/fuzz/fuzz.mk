# Fuzzing: clang's libFuzzer searches for failing inputs; corpus/ has inputs that it found, which a
# build with any compiler can replay. Included by the Makefile at the top.

FUZZ_CC ?= clang
FUZZ_SECONDS ?= 60
MUTATIONS ?= 1000000

FUZZ_TARGETS := along encoder query snapshot
FUZZ_SUPPORT := $(addprefix tests/c/,check.c damage.c exercise.c oracle.c sample.c scratch.c) \
	$(wildcard src/routeguide_c/core/*.c src/routeguide_c/core/*/*.c)
FUZZ_OBJECTS := $(FUZZ_SUPPORT:%.c=build/fuzz/%.o)
REPLAYED := $(FUZZ_SUPPORT:%.c=build/check/sanitized/%.o)

check-c: check-corpus

.PHONY: fuzz check-corpus check-mutations
fuzz: $(FUZZ_TARGETS:%=build/fuzz/%) ## search for inputs that break the core, FUZZ_SECONDS (60) for each target
	for target in $(FUZZ_TARGETS); do \
		mkdir -p build/fuzz/found/$$target && \
		echo "$$target, for $(FUZZ_SECONDS) seconds" && \
		build/fuzz/$$target -max_total_time=$(FUZZ_SECONDS) -timeout=20 -max_len=4096 \
			-print_final_stats=1 -artifact_prefix=build/fuzz/$$target- \
			build/fuzz/found/$$target tests/c/fuzz/corpus/$$target \
			2>build/fuzz/$$target.log || { tail -40 build/fuzz/$$target.log; exit 1; }; \
		grep -E 'stat::(number|average)' build/fuzz/$$target.log; \
	done

check-corpus: $(FUZZ_TARGETS:%=build/check/replay-%) build/check/mutate ## run the inputs that fuzzing found, and a sample of the mutations
	for target in $(FUZZ_TARGETS); do \
		build/check/replay-$$target tests/c/fuzz/corpus/$$target/* || exit 1; \
	done
	build/check/mutate 20000

check-mutations: build/check/mutate ## open a million damaged snapshots with correct checksums
	build/check/mutate $(MUTATIONS)

build/fuzz/%: build/fuzz/tests/c/fuzz/fuzz_%.o $(FUZZ_OBJECTS)
	$(FUZZ_CC) $(SANITIZED_FLAGS) -fsanitize=fuzzer -pthread -o $@ $^ -lm

build/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(FUZZ_CC) $(CORE_FLAGS) $(SANITIZED_FLAGS) -fsanitize=fuzzer-no-link -c -o $@ $<

build/check/replay-%: build/check/sanitized/tests/c/fuzz/fuzz_%.o \
		build/check/sanitized/tests/c/fuzz/replay.o $(REPLAYED)
	$(CC) $(SANITIZED_FLAGS) -pthread -o $@ $^ -lm

build/check/mutate: build/check/sanitized/tests/c/fuzz/fuzz_snapshot.o \
		build/check/sanitized/tests/c/fuzz/mutate.o $(REPLAYED)
	$(CC) $(SANITIZED_FLAGS) -pthread -o $@ $^ -lm

-include $(FUZZ_OBJECTS:.o=.d) $(wildcard build/fuzz/tests/c/fuzz/*.d) \
	$(wildcard build/check/sanitized/tests/c/fuzz/*.d)
