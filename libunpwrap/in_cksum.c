/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <string.h>

/* RFC 1071: the one's complement sum of 16-bit words, each taken as it stands
 * in memory; an odd byte is the first of a word whose second is 0.  The
 * addresses may be odd: words are copied. */
uint16_t
in_cksum(uint16_t *addr, int len)
{
	const unsigned char *bytes = (const unsigned char *)addr;
	uint64_t sum = 0;
	uint16_t word;

	for (; len > 1; len -= 2, bytes += 2) {
		memcpy(&word, bytes, sizeof(word));
		sum += word;
	}
	if (len == 1) {
		word = 0;
		memcpy(&word, bytes, 1);
		sum += word;
	}
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}
EXPORT(in_cksum);
