/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What was done to a pattern: from the first byte that differs, and those that
 * came after it.
 */
#ifndef DIAGNOSIS_H
#define DIAGNOSIS_H

#include <stddef.h>
#include <stdint.h>

enum damage {
	DAMAGE_UNKNOWN,		/* they differ: no more can be told */
	DAMAGE_CHANGED,		/* other bytes in the place of as many */
	DAMAGE_LOST,		/* the stream goes on at a later offset */
	DAMAGE_INSERTED,	/* bytes of no stream, then it goes on */
	DAMAGE_REPEATED,	/* bytes that had come before */
	DAMAGE_REORDERED,	/* later bytes, and the missing ones after */
	DAMAGE_STRANGER		/* bytes of a stream with another seed */
};

struct diagnosis {
	enum damage	 kind;
	uint64_t	 bytes;	/* that are concerned; 0: unknown */
	uint64_t	 from;	/* the offset that what came belongs to */
	uint32_t	 seed;	/* of the stranger */
};

/* The first "sent" bytes of the pattern were sent, all before "at" came back,
 * then these. */
void	 diagnose(uint32_t seed, uint64_t sent, uint64_t at,
	    const unsigned char *got, size_t n, struct diagnosis *);

#endif
