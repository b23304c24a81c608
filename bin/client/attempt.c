/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "attempt.h"
#include "exchange.h"

#include <sys/socket.h>

#include <unistd.h>

/* It is there, and that was all. */
static void
connected(int fd, const char *deed, struct outcome *o)
{
	o->connected = 1;
	o->deed = deed;
	o->verdict = VERDICT_OK;
	tcp_facts_read(fd, &o->tcp);
}

int
attempt_run(const struct attempt *a, struct outcome *outcome)
{
	static const struct linger none = { .l_onoff = 1, .l_linger = 0 };
	int fd = connect_endpoint(&a->endpoint, &a->connect, outcome);
	int stopped = 0;

	if (fd == -1)
		return outcome->stopped ? -1 : 0;
	if (a->abort)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	if (a->abort || a->connect_only)
		connected(fd, a->abort ? "connected, then reset" :
		    "connected, then closed", outcome);
	else if (a->connect.udp)
		stopped = exchange_run(fd, &a->session, outcome);
	else
		stopped = session_run(fd, &a->session, outcome);
	close(fd);
	return stopped;
}
