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
children_remove(struct children *c, pid_t pid, uint64_t *left)
{
	uint64_t source;
	size_t i = 0;

	while (i < c->n && c->list[i].pid != pid)
		i++;
	if (i == c->n)
		return 0;
	source = c->list[i].source;
	c->list[i] = c->list[--c->n];
	*left = 0;
	for (i = 0; i < c->n; i++)
		*left += c->list[i].source == source;
	return source;
}
