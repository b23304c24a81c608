/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * A stream in which each aligned word of 8 bytes tells the stream that it is of
 * and its place in it, and looks like noise.
 */
#ifndef PATTERN_H
#define PATTERN_H

#include <stddef.h>
#include <stdint.h>

#define PATTERN_WORD	8
#define PATTERN_SEED_MAX	UINT32_C(0xffffff)
#define PATTERN_LENGTH_MAX	(UINT64_C(1) << 43)

/* The n bytes of the stream from offset on. */
void	 pattern_bytes(uint32_t seed, uint64_t offset, void *bytes, size_t n);
/* The stream and the offset of a whole word.  Any 8 bytes are a word of some
 * stream: the caller must check that it was sent. */
void	 pattern_read(const void *word, uint32_t *seed, uint64_t *offset);

#endif
