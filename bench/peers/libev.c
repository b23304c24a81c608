/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Echo on libev.
 */
#define _GNU_SOURCE
#include "peer.h"

#include <ev.h>

struct connection {
	ev_io	 io;
	struct rest rest;
};

static void
end(struct ev_loop *loop, struct connection *c)
{
	ev_io_stop(loop, &c->io);
	close(c->io.fd);
	free(c->rest.bytes);
	free(c);
}

static void
watch(struct ev_loop *loop, struct connection *c, int events)
{
	ev_io_stop(loop, &c->io);
	ev_io_set(&c->io, c->io.fd, events);
	ev_io_start(loop, &c->io);
}

static void
ready(struct ev_loop *loop, ev_io *io, int events)
{
	struct connection *c = (struct connection *)io;
	ssize_t n;

	if (events & EV_WRITE) {
		n = send_rest(io->fd, &c->rest);
		if (n == -1)
			end(loop, c);
		else if (n == 0)
			watch(loop, c, EV_READ);
		return;
	}
	n = recv(io->fd, hot, sizeof(hot), 0);
	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0 || echo(io->fd, hot, (size_t)n, &c->rest) == -1)
		end(loop, c);
	else if (c->rest.bytes != NULL)
		watch(loop, c, EV_WRITE);
}

static void
incoming(struct ev_loop *loop, ev_io *listener, int events)
{
	struct connection *c;
	int fd;

	(void)events;
	while ((fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK |
	    SOCK_CLOEXEC)) != -1) {
		c = calloc(1, sizeof(*c));
		if (c == NULL)
			fail("memory");
		ev_io_init(&c->io, ready, fd, EV_READ);
		ev_io_start(loop, &c->io);
	}
}

int
main(void)
{
	struct ev_loop *loop = EV_DEFAULT;
	ev_io listener;

	ev_io_init(&listener, incoming, peer_listen(), EV_READ);
	ev_io_start(loop, &listener);
	ev_run(loop, 0);
	return 0;
}
