/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "uring_data.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void
uring_data_return(struct uring_loop *l, uint16_t first)
{
	while (first != NO_BUFFER) {
		uint16_t next = l->buffers.next[first];

		uring_buffer_return(&l->buffers, first);
		first = next;
	}
}

/* Behind what is in it. */
static int
spill(struct uring_client *c, const char *data, uint32_t n)
{
	char *more = realloc(c->spill, c->got + n);

	if (more == NULL)
		return -1;
	memcpy(more + c->got, data, n);
	c->spill = more;
	c->got += n;
	return 0;
}

void
uring_data_put_aside(struct uring_loop *l, struct uring_client *c, uint16_t id)
{
	if (c->ended != ENOMEM && spill(c, uring_buffer(&l->buffers, id),
	    l->buffers.length[id]) == -1) {
		c->flags |= CLIENT_ENDED;
		c->ended = ENOMEM;
	}
	uring_buffer_return(&l->buffers, id);
}

void
uring_data_chain(struct uring_loop *l, struct uring_client *c, uint16_t id)
{
	if (c->got == 0)
		c->first = id;
	else
		l->buffers.next[c->last] = id;
	c->last = id;
	c->got += l->buffers.length[id];
}

void
uring_data_spill(struct uring_loop *l, struct uring_client *c)
{
	uint16_t id = c->first, next;

	if (c->got == 0 || c->spill != NULL)
		return;
	for (c->got = 0; id != NO_BUFFER; id = next) {
		next = l->buffers.next[id];
		uring_data_put_aside(l, c, id);
	}
}

void
uring_data_forget(struct uring_loop *l, struct uring_client *c)
{
	if (c->got > 0 && c->spill == NULL)
		uring_data_return(l, c->first);
	c->got = 0;
	free(c->spill);
	c->spill = NULL;
	free(c->connection.buffer);
	c->connection.buffer = NULL;
}

int
uring_data_keep_rest(struct uring_loop *l, struct uring_client *c, uint16_t id,
    uint32_t n)
{
	struct connection *connection = &c->connection;
	uint32_t left = connection->end - n, at = 0;
	char *rest = malloc(left);

	if (rest == NULL)
		return -1;
	for (; id != NO_BUFFER; id = l->buffers.next[id]) {
		uint32_t length = l->buffers.length[id];
		uint32_t skip = n < length ? n : length;

		memcpy(rest + at, uring_buffer(&l->buffers, id) + skip,
		    length - skip);
		at += length - skip;
		n -= skip;
	}
	connection->buffer = rest;
	connection->start = 0;
	connection->end = left;
	return 0;
}
