/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "pattern.h"

#define INDEX_BITS	40
#define INDEX_MASK	((UINT64_C(1) << INDEX_BITS) - 1)

/* Odd, so that multiplication can be undone: their product is 1 modulo 2^64. */
#define FACTOR		UINT64_C(0xd6e8feb86659fd93)
#define INVERSE		UINT64_C(0xcfee444d8b59a89b)

/* x ^ x >> 32 undoes itself: the same steps with the inverse factor lead
 * back. */
static uint64_t
mix(uint64_t x, uint64_t factor)
{
	x ^= x >> 32;
	x *= factor;
	x ^= x >> 32;
	x *= factor;
	return x ^ x >> 32;
}

void
pattern_bytes(uint32_t seed, uint64_t offset, void *bytes, size_t n)
{
	unsigned char *to = bytes, *end = to + n;

	while (to < end) {
		uint64_t word = mix((uint64_t)seed << INDEX_BITS |
		    (offset / PATTERN_WORD & INDEX_MASK), FACTOR);
		int at = (int)(offset % PATTERN_WORD);

		for (; at < PATTERN_WORD && to < end; at++, offset++)
			*to++ = (unsigned char)(word >> (56 - 8 * at));
	}
}

void
pattern_read(const void *word, uint32_t *seed, uint64_t *offset)
{
	const unsigned char *bytes = word;
	uint64_t x = 0;

	for (int i = 0; i < PATTERN_WORD; i++)
		x = x << 8 | bytes[i];
	x = mix(x, INVERSE);
	*seed = (uint32_t)(x >> INDEX_BITS);
	*offset = (x & INDEX_MASK) * PATTERN_WORD;
}
