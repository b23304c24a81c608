/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What the fuzz targets share.
 */
#ifndef UNPWRAP_TESTS_FUZZ_H
#define UNPWRAP_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* One input; returns 0, or does not return. */
int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* assert(3), also with NDEBUG. */
#define must(condition)	do {						\
	if (!(condition)) {						\
		fprintf(stderr, "%s:%d: not so: %s\n", __FILE__,	\
		    __LINE__, #condition);				\
		abort();						\
	}								\
} while (0)

/* The input as a string of its own size, so that a sanitizer sees what reads
 * behind it; to be freed. */
static inline char *
fuzz_string(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	must(text != NULL);
	for (size_t i = 0; i < size; i++)
		text[i] = (char)data[i];
	text[size] = '\0';
	return text;
}

#endif
