# The C core's own tests, which need no Python. Included by the Makefile at the top.
CORE_FLAGS := -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
	-fno-builtin-pow -ffp-contract=off -Isrc/routeguide_c/core -DRG_ALLOC_FAULTS -MMD -MP
PLAIN_FLAGS := -O2 -g
SANITIZED_FLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all

CHECK_SOURCES := $(wildcard src/routeguide_c/core/*.c src/routeguide_c/core/*/*.c tests/c/*.c)
PLAIN_OBJECTS := $(CHECK_SOURCES:%.c=build/check/plain/%.o)
SANITIZED_OBJECTS := $(CHECK_SOURCES:%.c=build/check/sanitized/%.o)

.PHONY: check-core check-c
check-core: build/check/plain/run ## test the C core, with and without SIMD
	build/check/plain/run
	ROUTEGUIDE_SIMD=scalar build/check/plain/run

check-c: check-core build/check/sanitized/run ## test the C core under address and undefined-behavior sanitizers too
	build/check/sanitized/run
	ROUTEGUIDE_SIMD=scalar build/check/sanitized/run

build/check/plain/run: $(PLAIN_OBJECTS)
	$(CC) $(PLAIN_FLAGS) -pthread -o $@ $^ -lm

build/check/sanitized/run: $(SANITIZED_OBJECTS)
	$(CC) $(SANITIZED_FLAGS) -pthread -o $@ $^ -lm

build/check/plain/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CORE_FLAGS) $(PLAIN_FLAGS) -c -o $@ $<

build/check/sanitized/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CORE_FLAGS) $(SANITIZED_FLAGS) -c -o $@ $<

-include $(PLAIN_OBJECTS:.o=.d) $(SANITIZED_OBJECTS:.o=.d)
