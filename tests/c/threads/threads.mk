# Shares one index among threads, under the thread sanitizer. Included by the Makefile at the top.

THREADED_FLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
THREADED_SOURCES := $(addprefix tests/c/,threads/threads.c check.c sample.c sample_index.c scratch.c) \
	$(wildcard src/routeguide_c/core/*.c src/routeguide_c/core/*/*.c)
THREADED_OBJECTS := $(THREADED_SOURCES:%.c=build/check/threads/%.o)
THREADED_RUN := TSAN_OPTIONS='halt_on_error=1 exitcode=66' build/check/threads/run

check-c: check-threads

# The planted race comes last, to show that the sanitizer detects races.
.PHONY: check-threads
check-threads: build/check/threads/run ## share one index among threads under the thread sanitizer
	$(THREADED_RUN)
	ROUTEGUIDE_SIMD=scalar $(THREADED_RUN)
	TMPDIR=build/check/threads $(THREADED_RUN) planted >build/check/threads/planted.log 2>&1; test $$? -eq 66
	grep -q 'WARNING: ThreadSanitizer: data race' build/check/threads/planted.log

build/check/threads/run: $(THREADED_OBJECTS)
	$(CC) $(THREADED_FLAGS) -pthread -o $@ $^ -lm

build/check/threads/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CORE_FLAGS) $(THREADED_FLAGS) -c -o $@ $<

-include $(THREADED_OBJECTS:.o=.d)
