/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "guard.h"
#include "quantity.h"
#include "sources.h"
#include "splitmix.h"

#include <netinet/in.h>

#include <string.h>

#define WELL_KNOWN	1024

void
guard_start(struct guard *g, uint64_t rate, uint64_t secret)
{
	memset(g, 0, sizeof(*g));
	g->rate = rate;
	g->secret = secret;
}

static int
is_own(const struct guard *g, int port)
{
	for (unsigned i = 0; i < g->nports; i++)
		if (g->ports[i] == port)
			return 1;
	return 0;
}

void
guard_add_port(struct guard *g, int port)
{
	if (!is_own(g, port) && g->nports < GUARD_PORTS_MAX)
		g->ports[g->nports++] = port;
}

static int
port_of(const struct sockaddr *source)
{
	struct sockaddr_in sin;
	struct sockaddr_in6 sin6;

	if (source->sa_family == AF_INET6) {
		memcpy(&sin6, source, sizeof(sin6));
		return ntohs(sin6.sin6_port);
	}
	memcpy(&sin, source, sizeof(sin));
	return ntohs(sin.sin_port);
}

/* A source that has no row takes the one of its set that has had least.  What
 * that has had counts: a flood of sources gets no more than the rows' rates. */
static struct guard_row *
row_of(struct guard *g, uint64_t source)
{
	uint64_t state = source ^ g->secret;
	struct guard_row *set = &g->rows[splitmix(&state) %
	    (GUARD_ROWS / GUARD_WAYS) * GUARD_WAYS], *least = set;

	for (int i = 0; i < GUARD_WAYS; i++) {
		if (set[i].source == source)
			return &set[i];
		if (set[i].due < least->due)
			least = &set[i];
	}
	least->source = source;
	return least;
}

static int
is_within_rate(struct guard *g, const struct sockaddr *source, int64_t now)
{
	struct guard_row *row;
	int64_t due;

	if (g->rate == 0)
		return 1;
	row = row_of(g, sources_key(source));
	due = (row->due > now ? row->due : now) +
	    NSEC_PER_SEC / (int64_t)g->rate;
	if (due > now + NSEC_PER_SEC)
		return 0;
	row->due = due;
	return 1;
}

int
guard_admits(struct guard *g, const struct sockaddr *source, int64_t now)
{
	int port = port_of(source);

	return port >= WELL_KNOWN && !is_own(g, port) &&
	    is_within_rate(g, source, now);
}
