# The quick part of the core's tests with other compilers, another C library and on other machines,
# of which s390x is big-endian. Included by the Makefile at the top. Binaries are static, so that the
# emulators need no libraries. Steps whose tools are missing are skipped and say so.

PORTABLE := clang musl aarch64 s390x
PORTABLE_ROUNDS ?= 0.1

clang_CC := clang
clang_PACKAGE := clang
clang_FLAGS := -Wno-unknown-warning-option

musl_CC := musl-gcc
musl_PACKAGE := musl-tools
musl_FLAGS := -static

aarch64_CC := aarch64-linux-gnu-gcc
aarch64_PACKAGE := gcc-aarch64-linux-gnu
aarch64_FLAGS := -static
aarch64_RUN := qemu-aarch64-static

s390x_CC := s390x-linux-gnu-gcc
s390x_PACKAGE := gcc-s390x-linux-gnu
s390x_FLAGS := -static
s390x_RUN := qemu-s390x-static

.PHONY: check-portable $(PORTABLE:%=check-%)
check-portable: $(PORTABLE:%=check-%) ## test the C core with clang, musl, and on aarch64 and s390x under qemu

$(PORTABLE:%=check-%): check-%:
	@if ! command -v $($*_CC) >/dev/null; then \
	    echo 'skipped $*: $($*_CC) is missing (Debian package $($*_PACKAGE))'; \
	elif [ -n '$($*_RUN)' ] && ! command -v '$($*_RUN)' >/dev/null; then \
	    echo 'skipped $*: $($*_RUN) is missing (Debian package qemu-user-static)'; \
	else \
	    $(MAKE) --silent build/check/$*/run && \
	    CHECK_ROUNDS=$(PORTABLE_ROUNDS) $($*_RUN) build/check/$*/run >build/check/$*/log 2>&1 && \
	    echo "$*: $$(grep -c '^ok' build/check/$*/log) tests passed" || \
	    { tail -n 5 build/check/$*/log; exit 1; }; \
	fi

define PORTABLE_RULES
build/check/$(1)/run: $(CHECK_SOURCES:%.c=build/check/$(1)/%.o)
	$($(1)_CC) $($(1)_FLAGS) -pthread -o $$@ $$^ -lm

build/check/$(1)/%.o: %.c
	@mkdir -p $$(@D)
	$($(1)_CC) $(CORE_FLAGS) $($(1)_FLAGS) -O2 -g -c -o $$@ $$<

-include $(CHECK_SOURCES:%.c=build/check/$(1)/%.d)
endef
$(foreach target,$(PORTABLE),$(eval $(call PORTABLE_RULES,$(target))))
