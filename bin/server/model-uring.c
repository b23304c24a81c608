/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "log.h"
#include "model.h"
#include "uring.h"
#include "uring_serve.h"

int
probe_uring(char why[WHY_MAX])
{
	return uring_probe(why);
}

/* What could be had at the server's start may be forbidden by now. */
static int
is_forbidden(void)
{
	char why[WHY_MAX];

	if (uring_probe(why) == 0)
		return 0;
	log_fields(LEVEL_NOTICE, "serving by epoll", { "error", why, 0 });
	return 1;
}

/* Faults, a log of connections and counts by source need each connection's
 * descriptor and peer: these use the event loop.  It cannot poll through a
 * ring: the kernel adds POLLRDHUP to what is asked for, so that a poll on a
 * client that has half-closed ends at once. */
int
serve_uring(struct server *server)
{
	if (server->plan.n > 0 || server->in_band ||
	    server->sources != NULL || log_has_level(LEVEL_DETAIL))
		return serve_epoll(server);
	if (server->is_auto && is_forbidden())
		return serve_epoll(server);
	return serve_uring_fast(server);
}
