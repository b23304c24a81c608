/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The connections of an event loop, by descriptor.  Memory is taken in chunks,
 * with the first descriptor that needs one, and kept.
 */
#ifndef TABLE_H
#define TABLE_H

#include "drive.h"

struct table {
	struct drive	**chunks;
	size_t		 n;
};

/* Returns a place for a client; NULL: errno is that of an allocation. */
struct drive *table_place(struct table *, int fd);
/* Who is there; NULL: nobody. */
struct drive *table_at(const struct table *, int fd);
/* No client has a descriptor as high. */
int	 table_end(const struct table *);
void	 table_free(struct table *);

#endif
