/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Memory of one thread, which shares no line of a cache with another one's.
 */
#ifndef APART_H
#define APART_H

#include <stddef.h>

/* n things of so many bytes, all 0; to be freed with free(3).  NULL: errno. */
void	*apart(size_t n, size_t size);

#endif
