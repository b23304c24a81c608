/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "uring_clients.h"

#include <stdlib.h>

#define CHUNK		256	/* clients */
#define UNUSED		(-1)	/* a descriptor */

struct uring_chunk {
	struct uring_chunk *next;
	struct uring_client clients[CHUNK];
};

static int
grow(struct uring_clients *t)
{
	struct uring_chunk *chunk = calloc(1, sizeof(*chunk));

	if (chunk == NULL)
		return -1;
	chunk->next = t->chunks;
	t->chunks = chunk;
	for (int i = CHUNK; i-- > 0;)
		uring_clients_delete(t, &chunk->clients[i]);
	return 0;
}

struct uring_client *
uring_clients_new(struct uring_clients *t)
{
	struct uring_client *c;

	if (t->unused == NULL && grow(t) == -1)
		return NULL;
	c = t->unused;
	t->unused = c->next;
	*c = (struct uring_client){ .fd = UNUSED };
	return c;
}

void
uring_clients_delete(struct uring_clients *t, struct uring_client *c)
{
	c->fd = UNUSED;
	c->next = t->unused;
	t->unused = c;
}

void
uring_clients_each(struct uring_clients *t,
    void (*call)(void *arg, struct uring_client *), void *arg)
{
	for (struct uring_chunk *chunk = t->chunks; chunk != NULL;
	    chunk = chunk->next)
		for (int i = 0; i < CHUNK; i++)
			if (chunk->clients[i].fd != UNUSED)
				call(arg, &chunk->clients[i]);
}

void
uring_clients_free(struct uring_clients *t)
{
	struct uring_chunk *chunk;

	while ((chunk = t->chunks) != NULL) {
		t->chunks = chunk->next;
		free(chunk);
	}
	t->unused = NULL;
}
