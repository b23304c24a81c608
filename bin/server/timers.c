/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "timers.h"

#include <stdlib.h>

#define FIRST	16	/* timers that there is room for at first */

static int
make_room(struct timers *t)
{
	size_t room = t->room > 0 ? 2 * t->room : FIRST;
	struct timer *heap;

	if (t->n < t->room)
		return 0;
	heap = realloc(t->heap, room * sizeof(*heap));
	if (heap == NULL)
		return -1;
	t->heap = heap;
	t->room = room;
	return 0;
}

int
timers_add(struct timers *t, struct timer timer)
{
	size_t i, parent;

	if (make_room(t) == -1)
		return -1;
	for (i = t->n++; i > 0; i = parent) {
		parent = (i - 1) / 2;
		if (t->heap[parent].at <= timer.at)
			break;
		t->heap[i] = t->heap[parent];
	}
	t->heap[i] = timer;
	return 0;
}

const struct timer *
timers_first(const struct timers *t)
{
	return t->n > 0 ? &t->heap[0] : NULL;
}

void
timers_remove_first(struct timers *t)
{
	struct timer last = t->heap[--t->n];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < t->n) {
		if (child + 1 < t->n &&
		    t->heap[child + 1].at < t->heap[child].at)
			child++;
		if (last.at <= t->heap[child].at)
			break;
		t->heap[i] = t->heap[child];
		i = child;
	}
	if (t->n > 0)
		t->heap[i] = last;
}

void
timers_free(struct timers *t)
{
	free(t->heap);
	*t = (struct timers){ .heap = NULL };
}
