/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "model.h"

#include <string.h>

const struct model models[] = {
	{ "auto", "io_uring, epoll or poll, by the host (default)",
	    1, 0, NULL, NULL },
	{ "fork", "a process for each connection", 1, 0, NULL, serve_fork },
	{ "iterative", "one connection after the other",
	    1, 0, NULL, serve_iterative },
	{ "prefork", "iterative, with workers for each processor",
	    0, 0, NULL, serve_iterative },
	{ "poll", "one process for all, by poll(2)", 1, 0, NULL, serve_poll },
	{ "epoll", "one process for all, by epoll(7)",
	    1, 0, probe_epoll, serve_epoll },
	{ "prethread", "a pool of threads that take turns at accepting",
	    1, 64, NULL, serve_prethread },
	{ "thread", "a thread for each connection",
	    1, 0, NULL, serve_thread },
	{ "io_uring", "one process for all, by io_uring(7), or uring",
	    1, 0, probe_uring, serve_uring },
	{ NULL, NULL, 0, 0, NULL, NULL }
};

const struct model *
model_find(const char *name)
{
	if (strcmp(name, "uring") == 0)
		name = "io_uring";
	for (const struct model *model = models; model->name != NULL; model++)
		if (strcmp(model->name, name) == 0)
			return model;
	return NULL;
}

const struct model *
model_best(void)
{
	static const char *const names[] = { "io_uring", "epoll", "poll" };
	const struct model *model = models;
	char why[WHY_MAX];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		model = model_find(names[i]);
		if (model->probe == NULL || model->probe(why) == 0)
			break;
	}
	return model;
}
