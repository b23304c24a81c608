/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What part of a load each of several threads has.  Connections are dealt like
 * cards, and messages of a schedule go round among them all, so that the parts
 * together are the same load as that of one thread.
 */
#ifndef SHARE_H
#define SHARE_H

#include <stddef.h>
#include <stdint.h>

struct share {
	size_t	 first, step;	/* connections first, first + step ... */
	size_t	 own, all;	/* how many these are, and of how many */
};

/* That of the i-th of n threads; all of it where n is 1.  n <= all. */
struct share share_of(size_t i, size_t n, size_t all);
/* Which message, or connection, of all is the n-th of this share. */
uint64_t share_nth(const struct share *, uint64_t n);
/* How many of the first k of all are of this share. */
uint64_t share_below(const struct share *, uint64_t k);

#endif
