# Postbag.
#
#   make demo     install what is missing, build, and make the letters of the sample campaign
#   make check    install what is missing and run every test
#   make          build/postbag            make install   into PREFIX (/usr/local)
#   make asan     the tests under AddressSanitizer and UBSan
#   make fuzz     each fuzzer for FUZZ_SECONDS (60)      make soak   what takes long
#   make lint     formatting, layers, clang-tidy, cppcheck
#   make gallery  pictures of the letters beside Typst's and LaTeX's, and how well each breaks lines
#   make bench    speed, beside ReportLab, smtp-source, smtplib, h2load and requests
#
# The modules stand in the order of their layers: an #include may only point upwards in this list.
MODULES = \
    base/memory base/str base/arena base/table base/error base/text base/date base/file base/clock base/progress base/database base/digest base/base64 base/json \
    input/likelihood input/charset input/evidence input/encoding input/separator input/lines input/csv \
    input/office input/raster input/png input/jpeg input/picture input/email input/mailbox input/quota input/ini input/setting input/discretion input/config input/field input/language input/postcode input/recipient \
    input/volume input/placename input/roll input/almanac input/directory input/archive input/rows input/edition input/listing input/parliament input/lookup input/members input/gazetteer \
    input/value input/address input/header input/person input/check input/identity input/tally input/representative input/people input/surname \
    letter/phrase letter/character letter/blank letter/token letter/draft letter/curl letter/markdown \
    letter/placeholder letter/block letter/nesting letter/courtesy letter/role letter/assemble letter/describe letter/gap letter/survey \
    letter/wrap letter/plaintext letter/model letter/filling letter/merge letter/likeness letter/letterhead letter/flowed letter/html \
    letter/supply letter/catalogue letter/opentype letter/sample letter/face letter/cluster letter/font letter/shaper \
    letter/bidi letter/exception letter/hyphenation letter/syllable letter/paragraph letter/fragment letter/boxes letter/compose letter/setter letter/page letter/sheet letter/flow letter/sheaf letter/galley letter/opening letter/body letter/heading letter/layout letter/roster \
    pdf/syntax pdf/deflate pdf/cff pdf/embed pdf/image pdf/profile pdf/stock pdf/metadata pdf/document pdf/packing pdf/outline pdf/tree pdf/structure pdf/content pdf/pdf \
    record/mark record/schema record/store record/acquaintance record/ledger record/entry record/reunion record/roll record/census record/journal record/settlement record/erasure \
    record/account \
    delivery/channel delivery/message delivery/cover delivery/parcel \
    delivery/certificate delivery/socket delivery/stream delivery/login delivery/conversation delivery/smtp delivery/pool \
    delivery/signature delivery/endpoint delivery/notice delivery/multipart delivery/osdi delivery/petition delivery/http delivery/verdict delivery/webhook \
    commands/report commands/settings commands/leftover commands/recipients commands/vintage commands/translation commands/repertoire commands/autograph commands/patterns commands/campaign commands/printer commands/bundle commands/sequence commands/relay commands/part commands/press commands/proof commands/shelf commands/ask commands/confirm \
    commands/secret commands/server commands/carrier commands/consent commands/outbox commands/bulletin commands/dispatch commands/sending commands/desk commands/docket commands/enrol commands/erasure \
    commands/commands commands/check commands/preview commands/write commands/send commands/petition commands/status commands/resolve \
    commands/forget commands/purge commands/find commands/import \
    options

BUILD     ?= build
PREFIX    ?= /usr/local
CC        ?= cc
PYTHON    ?= /usr/bin/python3
CFLAGS    ?= -O2 -g
WARNINGS   = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla $(if $(DEVELOPER),-Werror)
HARDENING ?= -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
LINKING   ?= -pie -Wl,-z,relro,-z,now
COMPILE    = $(CC) -std=c17 -D_GNU_SOURCE -Isrc -isystem /usr/include/harfbuzz $(GMIME_INCLUDES) $(CFLAGS) $(WARNINGS) $(HARDENING) -pthread -MMD -MP
# GLib's headers stand in a directory that depends on the machine.
GMIME_INCLUDES := $(shell pkg-config --cflags-only-I gmime-3.0 2>/dev/null | sed 's/-I/-isystem /g')
LIBRARIES  = -lhpdf -lharfbuzz-subset -lharfbuzz -lfontconfig -lfribidi -lunistring -ldeflate -lcmark -lcsv -linih -lhyphen \
            -ljansson -lsqlite3 -lzip -lgnutls -letpan -lcurl -lgmime-3.0 -lgobject-2.0 -lglib-2.0 -lpng -ljpeg -lm

BUILD_PACKAGES = gcc libc6-dev libhpdf-dev libharfbuzz-dev libfontconfig-dev libfribidi-dev libunistring-dev \
                 libdeflate-dev libcmark-dev libcsv-dev libinih-dev libhyphen-dev hyphen-en-gb libjansson-dev libsqlite3-dev libzip-dev \
                 libgnutls28-dev libetpan-dev libcurl4-gnutls-dev libgmime-3.0-dev libpng-dev libjpeg-dev pkg-config \
                 fontconfig fonts-sil-gentiumplus fonts-noto-core
# Microhei (5 MB) and Symbola (3 MB) are for letters in Chinese, Japanese, Korean and emoji.
CHECK_PACKAGES = libcmocka-dev python3-pytest qpdf poppler-utils openssl postfix dovecot-core dovecot-imapd nginx-light python3-jsonschema nodejs \
                 fonts-wqy-microhei fonts-symbola
LINT_PACKAGES  = clang-format clang-tidy cppcheck mandoc
FUZZ_PACKAGES  = clang llvm libclang-rt-14-dev
BENCH_PACKAGES = python3-reportlab time postfix nginx-light nghttp2-client python3-requests openssl
GALLERY_PACKAGES = texlive-luatex texlive-latex-recommended libharfbuzz-bin python3-pil poppler-utils hyphen-en-gb \
                   fonts-sil-gentiumplus fonts-noto-core nodejs $(if $(shell command -v npm),,npm)

SOURCES = $(foreach module,$(MODULES),$(wildcard src/$(module).c))
OBJECTS = $(SOURCES:src/%.c=$(BUILD)/%.o) $(BUILD)/letter/hyph-cy.o
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

$(BUILD)/letter/hyph-cy.o: src/letter/hyph-cy.s src/letter/hyph-cy.dic
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libpostbag.a
	@mkdir -p $(@D)
	$(COMPILE) $(LINKING) -o $@ $< $(BUILD)/libpostbag.a $(LIBRARIES) -lcmocka

# What a newcomer types: everything from nothing to letters.
demo:
	@.ci/install $(BUILD_PACKAGES)
	@$(MAKE) --no-print-directory -s all
	@for model in templates/*.md; do \
	    $(BUILD)/postbag -t $$model -i constituents/sample.csv -o directory.prefer=list write || exit; \
	done
	@echo; echo "Look at out/mod-shared-services/letters/, then read README.md for your own letter and list."

check:
	@.ci/install $(BUILD_PACKAGES) $(CHECK_PACKAGES)
	@$(MAKE) --no-print-directory test

# The tests, without installing: the program's layers, its parts, then the whole.
test: layers $(BUILD)/postbag $(UNITS)
	@for unit in $(UNITS); do \
	    $$unit >$$unit.log 2>&1 && grep PASSED $$unit.log | sed "s:^:$${unit##*/} :" || { cat $$unit.log; exit 1; }; \
	done
	@POSTBAG=$(abspath $(BUILD)/postbag) $(PYTHON) -B -m pytest -q -p no:cacheprovider tests/program

# Every #include of ours points to an earlier module.
layers:
	@awk -f tests/layers.awk -v modules="$(MODULES)" $(wildcard src/*.[ch] src/*/*.[ch])

# Warnings are the ordinary build's: gcc's are false where the sanitizers have changed the code.
asan:
	@.ci/install $(BUILD_PACKAGES) $(CHECK_PACKAGES)
	@ASAN_OPTIONS=detect_leaks=1 $(MAKE) --no-print-directory test BUILD=$(BUILD)/asan HARDENING=-fPIE WARNINGS= \
	    CFLAGS="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined"

lint: layers
	@.ci/install $(BUILD_PACKAGES) $(LINT_PACKAGES)
	@clang-format --dry-run -Werror $(wildcard src/*.[ch] src/*/*.[ch] tests/*/*.[ch])
	@cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability --inline-suppr \
	    --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches -Isrc src
	@printf '%s\n' $(SOURCES) src/main.c | xargs -P 4 -n 4 sh -c 'clang-tidy --quiet --warnings-as-errors="*" "$$@" -- \
	    -std=c17 -D_GNU_SOURCE -Isrc -isystem /usr/include/harfbuzz $(GMIME_INCLUDES) 2>/dev/null' lint
	@mandoc -T lint -W warning doc/*.[1-8]

bench:
	@.ci/install $(BUILD_PACKAGES) $(BENCH_PACKAGES)
	@$(MAKE) --no-print-directory -s all
	$(PYTHON) -B tests/bench/bench.py $(BUILD)/postbag
	$(PYTHON) -B tests/bench/send.py $(BUILD)/postbag
	$(PYTHON) -B tests/bench/petition.py $(BUILD)/postbag

# Pictures go to $(BUILD)/gallery. With KEEP=1 the table and the pictures in doc/ are made anew.
gallery:
	@.ci/install $(BUILD_PACKAGES) $(GALLERY_PACKAGES)
	@$(MAKE) --no-print-directory -s all
	$(PYTHON) -B tests/gallery/gallery.py --place $(BUILD)/gallery $(if $(KEEP),--keep) $(BUILD)/postbag

FUZZ_SECONDS ?= 60
fuzz:
	@.ci/install $(BUILD_PACKAGES) $(FUZZ_PACKAGES)
	@tests/fuzz/run $(BUILD)/fuzz $(FUZZ_SECONDS)

# What takes long: ten minutes of each fuzzer, a million paragraphs, lists of 100,000, and a campaign that is killed 200
# times.
soak:
	@$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=600
	@$(MAKE) --no-print-directory bench
	@$(MAKE) --no-print-directory -s $(BUILD)/unit/test_composition
	COMPOSITIONS=1000000 $(BUILD)/unit/test_composition
	$(PYTHON) -B tests/soak/postcodes.py $(BUILD)/postbag
	$(PYTHON) -B tests/soak/crash.py $(BUILD)/postbag
	$(PYTHON) -B tests/soak/crash.py $(BUILD)/postbag 100 --webhook

install: all
	install -D -m 755 $(BUILD)/postbag $(DESTDIR)$(PREFIX)/bin/postbag
	install -D -m 644 doc/postbag.1 $(DESTDIR)$(PREFIX)/share/man/man1/postbag.1
	install -D -m 644 doc/postbag.conf.5 $(DESTDIR)$(PREFIX)/share/man/man5/postbag.conf.5
	install -D -m 644 doc/webhook.schema.json $(DESTDIR)$(PREFIX)/share/doc/postbag/webhook.schema.json

clean:
	rm -rf $(BUILD)

.PHONY: all demo check test layers asan lint bench gallery fuzz soak install clean
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
