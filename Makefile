# Postbag.
#
#   make demo     install what is missing, build, and make the letters of the sample campaign
#   make check    install what is missing and run every test
#   make          build/postbag            make install   into PREFIX (/usr/local)
#   make asan     the tests under AddressSanitizer and UBSan
#   make fuzz     each fuzzer for FUZZ_SECONDS (60)      make soak   what takes long
#   make lint     formatting, layers, clang-tidy, cppcheck
#   make bench    speed, beside ReportLab in the same run
#
# The modules stand in the order of their layers: an #include may only point upwards in this list.
MODULES = \
    base/memory base/str base/arena base/table base/error base/text base/date base/file base/progress \
    input/encoding input/csv input/config input/postcode input/recipient input/field input/people \
    letter/token letter/markdown letter/plaintext letter/model letter/merge \
    letter/catalogue letter/face letter/font letter/bidi letter/paragraph letter/compose letter/layout \
    pdf/content pdf/font pdf/pdf \
    commands/report commands/campaign commands/press commands/check commands/preview commands/write commands/ask \
    options

BUILD     ?= build
PREFIX    ?= /usr/local
CC        ?= cc
CFLAGS    ?= -O2 -g
WARNINGS   = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla $(if $(DEVELOPER),-Werror)
HARDENING ?= -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
LINKING   ?= -pie -Wl,-z,relro,-z,now
COMPILE    = $(CC) -std=c17 -D_GNU_SOURCE -Isrc -isystem /usr/include/harfbuzz $(CFLAGS) $(WARNINGS) $(HARDENING) -pthread -MMD -MP
LIBRARIES  = -lhpdf -lharfbuzz-subset -lharfbuzz -lfontconfig -lfribidi -lunistring -ldeflate -lcmark -lcsv -linih \
             -ljansson -lm

BUILD_PACKAGES = gcc libc6-dev libhpdf-dev libharfbuzz-dev libfontconfig-dev libfribidi-dev libunistring-dev \
                 libdeflate-dev libcmark-dev libcsv-dev libinih-dev libjansson-dev \
                 fontconfig fonts-sil-gentiumplus fonts-noto-core
CHECK_PACKAGES = libcmocka-dev python3-pytest qpdf poppler-utils
LINT_PACKAGES  = clang-format clang-tidy cppcheck mandoc
FUZZ_PACKAGES  = clang llvm libclang-rt-14-dev
BENCH_PACKAGES = python3-reportlab time

SOURCES = $(foreach module,$(MODULES),$(wildcard src/$(module).c))
OBJECTS = $(SOURCES:src/%.c=$(BUILD)/%.o)
UNITS   = $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))

all: $(BUILD)/postbag

$(BUILD)/postbag: $(BUILD)/main.o $(BUILD)/libpostbag.a
	$(CC) $(CFLAGS) $(LINKING) -pthread -o $@ $^ $(LIBRARIES)

$(BUILD)/libpostbag.a: $(OBJECTS)
	@rm -f $@
	@$(AR) rcs $@ $^

$(BUILD)/%.o: src/%.c
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libpostbag.a
	@mkdir -p $(@D)
	$(COMPILE) $(LINKING) -o $@ $< $(BUILD)/libpostbag.a $(LIBRARIES) -lcmocka

clean:
	rm -rf $(BUILD)

.PHONY: all clean
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
