/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "diagnosis.h"
#include "pattern.h"

#include <string.h>

struct evidence {
	uint32_t	 seed;
	uint64_t	 sent, at;
	const unsigned char *got;
	size_t		 n;
};

static unsigned char
pattern_byte(const struct evidence *e, uint64_t offset)
{
	unsigned char byte;

	pattern_bytes(e->seed, offset, &byte, 1);
	return byte;
}

/* Is there a word that was sent?  The chance that 8 other bytes look like one
 * is one in 2^24, and less if not all of the 2^40 words were sent. */
static int
own_word(const struct evidence *e, size_t i, uint64_t *offset)
{
	uint32_t seed;

	pattern_read(e->got + i, &seed, offset);
	return seed == e->seed && *offset + PATTERN_WORD <= e->sent;
}

/* Any 8 bytes are a word of some stream; that two in a row are of the same one
 * is no accident.  Otherwise *seed and *offset stay. */
static int
strange_words(const struct evidence *e, size_t i, uint32_t *seed,
    uint64_t *offset)
{
	uint32_t first_seed, next_seed;
	uint64_t first, next;

	if (i + 2 * PATTERN_WORD > e->n)
		return 0;
	pattern_read(e->got + i, &first_seed, &first);
	pattern_read(e->got + i + PATTERN_WORD, &next_seed, &next);
	if (first_seed == e->seed || next_seed != first_seed ||
	    next != first + PATTERN_WORD)
		return 0;
	*seed = first_seed;
	*offset = first;
	return 1;
}

/* How many of the first n differ from those that were sent in their place. */
static size_t
differing(const struct evidence *e, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += e->at + i >= e->sent ||
		    e->got[i] != pattern_byte(e, e->at + i);
	return count;
}

/* Are the first n the right ones in another order? */
static int
are_shuffled(const struct evidence *e, size_t n)
{
	size_t count[256] = { 0 };

	for (size_t i = 0; i < n; i++) {
		count[e->got[i]]++;
		count[pattern_byte(e, e->at + i)]--;
	}
	for (int i = 0; i < 256; i++)
		if (count[i] != 0)
			return 0;
	return 1;
}

/* The first n are damaged; what comes after them is in its place. */
static void
in_place(const struct evidence *e, size_t n, struct diagnosis *d)
{
	d->bytes = differing(e, n);
	d->from = e->at;
	d->kind = d->bytes > 1 && are_shuffled(e, n) ? DAMAGE_REORDERED :
	    DAMAGE_CHANGED;
}

/* From i on the stream is early by so many bytes: do those come later? */
static void
early(const struct evidence *e, size_t i, uint64_t by, struct diagnosis *d)
{
	uint64_t offset;

	d->kind = DAMAGE_LOST;
	d->bytes = by;
	d->from = e->at + by;
	for (; i + PATTERN_WORD <= e->n; i++)
		if (own_word(e, i, &offset) && offset >= e->at &&
		    offset < e->at + by)
			d->kind = DAMAGE_REORDERED;
}

static int
repeats(const struct evidence *e, uint64_t by)
{
	if (by > e->at)
		return 0;
	for (size_t i = 0; i < e->n && i < by; i++)
		if (e->got[i] != pattern_byte(e, e->at - by + i))
			return 0;
	return 1;
}

/* The stream is late by so many bytes: they are repeated, or inserted. */
static void
late(const struct evidence *e, uint64_t by, uint64_t offset,
    struct diagnosis *d)
{
	d->bytes = by;
	d->kind = DAMAGE_INSERTED;
	if (!repeats(e, by) && offset >= e->at)
		return;
	d->kind = DAMAGE_REPEATED;
	d->from = by > e->at ? 0 : e->at - by;
}

void
diagnose(uint32_t seed, uint64_t sent, uint64_t at, const unsigned char *got,
    size_t n, struct diagnosis *d)
{
	const struct evidence e = { seed, sent, at, got, n };
	uint64_t offset;

	memset(d, 0, sizeof(*d));
	for (size_t i = 0; i + PATTERN_WORD <= n; i++) {
		if (own_word(&e, i, &offset)) {
			if (offset == at + i)
				in_place(&e, i, d);
			else if (offset > at + i)
				early(&e, i, offset - at - i, d);
			else
				late(&e, at + i - offset, offset, d);
			return;
		}
		if (strange_words(&e, i, &d->seed, &d->from)) {
			d->kind = DAMAGE_STRANGER;
			return;
		}
	}
	/* Too little for a word: bytes that are equal by chance are few. */
	if (n > 0 && differing(&e, n) <= n / 2)
		in_place(&e, n, d);
}
