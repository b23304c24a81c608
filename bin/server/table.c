/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "table.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK	256	/* clients */

static int
grow(struct table *t, size_t n)
{
	struct drive **chunks = realloc(t->chunks, n * sizeof(*chunks));

	if (chunks == NULL)
		return -1;
	memset(chunks + t->n, 0, (n - t->n) * sizeof(*chunks));
	t->chunks = chunks;
	t->n = n;
	return 0;
}

struct drive *
table_place(struct table *t, int fd)
{
	size_t chunk = (size_t)fd / CHUNK;

	if (chunk >= t->n && grow(t, chunk + 1) == -1)
		return NULL;
	if (t->chunks[chunk] == NULL)
		t->chunks[chunk] = calloc(CHUNK, sizeof(**t->chunks));
	if (t->chunks[chunk] == NULL)
		return NULL;
	return &t->chunks[chunk][fd % CHUNK];
}

struct drive *
table_at(const struct table *t, int fd)
{
	size_t chunk = (size_t)fd / CHUNK;
	struct drive *d;

	if (chunk >= t->n || t->chunks[chunk] == NULL)
		return NULL;
	d = &t->chunks[chunk][fd % CHUNK];
	return d->fd != 0 ? d : NULL;
}

int
table_end(const struct table *t)
{
	return (int)(t->n * CHUNK);
}

void
table_free(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->chunks[i]);
	free(t->chunks);
	*t = (struct table){ .n = 0 };
}
