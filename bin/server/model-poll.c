/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "event.h"
#include "model.h"
#include "poller.h"

#include <stdlib.h>

#define FIRST	64	/* slots and descriptors that there is room for */

/* The slots have no gaps: poll(2) refuses more of them than the process may
 * have descriptors, and looks at each. */
struct poller {
	struct pollfd	*slots;
	size_t		 n;
	size_t		 room;
	size_t		*slot_of;	/* by descriptor */
	size_t		 descriptors;	/* that it has room for */
	size_t		 turn;		/* the slot that is looked at first */
};

static struct poller *
poll_open(void)
{
	return calloc(1, sizeof(struct poller));
}

static void
poll_close(struct poller *p)
{
	free(p->slot_of);
	free(p->slots);
	free(p);
}

/* Returns the array, moved and with room for one more than max, or NULL. */
static void *
widen(void *array, size_t *room, size_t max, size_t size)
{
	size_t wide = *room > 0 ? *room : FIRST;

	while (wide <= max)
		wide *= 2;
	if (wide == *room)
		return array;
	array = realloc(array, wide * size);
	if (array != NULL)
		*room = wide;
	return array;
}

static int
poll_add(struct poller *p, int fd, int events)
{
	struct pollfd *slots = widen(p->slots, &p->room, p->n,
	    sizeof(*slots));
	size_t *slot_of;

	if (slots == NULL)
		return -1;
	p->slots = slots;
	slot_of = widen(p->slot_of, &p->descriptors, (size_t)fd,
	    sizeof(*slot_of));
	if (slot_of == NULL)
		return -1;
	p->slot_of = slot_of;
	p->slot_of[fd] = p->n;
	p->slots[p->n++] = (struct pollfd){ .fd = fd, .events = (short)events };
	return 0;
}

static int
poll_change(struct poller *p, int fd, int events)
{
	p->slots[p->slot_of[fd]].events = (short)events;
	return 0;
}

/* The last one moves into its place. */
static void
poll_remove(struct poller *p, int fd)
{
	size_t slot = p->slot_of[fd];

	p->slots[slot] = p->slots[--p->n];
	p->slot_of[p->slots[slot].fd] = slot;
}

/* Goes on where it stopped: each one gets its turn, however many are ready. */
static int
collect(struct poller *p, struct ready ready[READY_MAX], int left)
{
	int n = 0;

	for (size_t i = 0; i < p->n && n < READY_MAX && left > 0; i++) {
		const struct pollfd *slot;

		if (++p->turn >= p->n)
			p->turn = 0;
		slot = &p->slots[p->turn];
		if (slot->revents == 0)
			continue;
		ready[n].fd = slot->fd;
		ready[n++].events = slot->revents;
		left--;
	}
	return n;
}

static int
poll_wait_ready(struct poller *p, struct ready ready[READY_MAX],
    int timeout_ms)
{
	int n = poll(p->slots, p->n, timeout_ms);

	return n <= 0 ? n : collect(p, ready, n);
}

int
serve_poll(struct server *server)
{
	static const struct poller_ops ops = {
		.open = poll_open,
		.close = poll_close,
		.add = poll_add,
		.change = poll_change,
		.add_shared = poll_add,
		.remove = poll_remove,
		.forget = poll_remove,
		.wait = poll_wait_ready
	};

	return serve_events(server, &ops);
}
