/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "children.h"

#include <stdlib.h>

#define FIRST	64	/* children that there is room for at first */

int
children_make_room(struct children *c)
{
	size_t room = c->room > 0 ? 2 * c->room : FIRST;
	struct child *list;

	if (c->n < c->room)
		return 0;
	list = realloc(c->list, room * sizeof(*list));
	if (list == NULL)
		return -1;
	c->list = list;
	c->room = room;
	return 0;
}

void
children_add(struct children *c, pid_t pid, uint64_t source)
{
	c->list[c->n++] = (struct child){ .pid = pid, .source = source };
}

uint64_t
children_remove(struct children *c, pid_t pid)
{
	for (size_t i = 0; i < c->n; i++) {
		uint64_t source = c->list[i].source;

		if (c->list[i].pid != pid)
			continue;
		c->list[i] = c->list[--c->n];
		return source;
	}
	return 0;
}
