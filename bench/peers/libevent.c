/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Echo on libevent: its events, not its buffers, which read 4096 bytes at a
 * time.
 */
#define _GNU_SOURCE
#include "peer.h"

#include <event2/event.h>

struct connection {
	struct event *in, *out;
	struct rest rest;
};

static void
end(struct connection *c, int fd)
{
	event_free(c->in);
	event_free(c->out);
	close(fd);
	free(c->rest.bytes);
	free(c);
}

static void
readable(evutil_socket_t fd, short what, void *arg)
{
	struct connection *c = arg;
	ssize_t n = recv(fd, hot, sizeof(hot), 0);

	(void)what;
	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0 || echo(fd, hot, (size_t)n, &c->rest) == -1) {
		end(c, fd);
	} else if (c->rest.bytes != NULL) {
		event_del(c->in);
		event_add(c->out, NULL);
	}
}

static void
writable(evutil_socket_t fd, short what, void *arg)
{
	struct connection *c = arg;
	int left = send_rest(fd, &c->rest);

	(void)what;
	if (left == -1) {
		end(c, fd);
	} else if (left == 0) {
		event_del(c->out);
		event_add(c->in, NULL);
	}
}

static void
incoming(evutil_socket_t listener, short what, void *base)
{
	struct connection *c;
	int fd;

	(void)what;
	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK |
	    SOCK_CLOEXEC)) != -1) {
		c = calloc(1, sizeof(*c));
		if (c == NULL)
			fail("memory");
		c->in = event_new(base, fd, EV_READ | EV_PERSIST, readable, c);
		c->out = event_new(base, fd, EV_WRITE | EV_PERSIST, writable,
		    c);
		if (c->in == NULL || c->out == NULL)
			fail("memory");
		event_add(c->in, NULL);
	}
}

int
main(void)
{
	struct event_base *base = event_base_new();
	struct event *listener;

	if (base == NULL)
		fail("event_base_new");
	listener = event_new(base, peer_listen(), EV_READ | EV_PERSIST,
	    incoming, base);
	if (listener == NULL)
		fail("event_new");
	event_add(listener, NULL);
	event_base_dispatch(base);
	return 0;
}
