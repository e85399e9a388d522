/*
 * What the fuzz harnesses share: inputs as files in memory, and promises that must hold whatever the input.
 *
 * Each harness has a `planted` function, which finds a condition deep in what was read. Compiled with -DPLANTED_FAULT,
 * the program ends there: tests/fuzz/run makes sure that the fuzzer gets there within minutes, and so that it would
 * find a fault of the same depth.
 */
#ifndef POSTBAG_TESTS_FUZZ_H
#define POSTBAG_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* BYTES as a file that can be opened by the path it returns, until the next call with the same NAME (and suffix). */
const char *fuzz_file(const char *name, const void *bytes, size_t length);

/* A broken promise ends the run, as a crash does. */
#define FUZZ_PROMISE(condition) ((condition) ? (void)0 : fuzz_broken(#condition, __FILE__, __LINE__))
_Noreturn void fuzz_broken(const char *promise, const char *file, int line);

/* TEXT is valid UTF-8 of LENGTH bytes, without a NUL, and terminated by one. */
void fuzz_promise_text(const char *text, size_t length);

/* Every problem has a message that can be printed; ERROR too, and an exit status. */
void fuzz_promise_problems(const struct problems *problems);
void fuzz_promise_error(const struct error *error);

/* Reached by what a harness is to find. */
void fuzz_planted_fault(void);

#endif
