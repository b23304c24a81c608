/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "datagram.h"
#include "guard.h"
#include "log.h"
#include "udp.h"

#ifdef HAVE_SYS_RANDOM_H
#include <sys/random.h>
#endif

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define PAUSE_MS	100	/* for memory to come free: never spin */
#define LAST_BATCHES	256	/* of a socket, after the stop */

/* One process of each server has them: what it does not touch of them costs
 * nothing. */
static struct datagram datagrams[DATAGRAMS_MAX];
static struct guard guard;

static uint64_t
random_secret(void)
{
#ifdef HAVE_GETENTROPY
	uint64_t secret;

	if (getentropy(&secret, sizeof(secret)) == 0)
		return secret;
#endif
	return (uint64_t)monotonic_ns();
}

static void
start_guard(const struct server *server)
{
	struct sockaddr_storage addr;
	socklen_t len;

	guard_start(&guard, server->udp_rate, random_secret());
	for (unsigned i = 0; i < server->ndatagram; i++) {
		len = sizeof(addr);
		if (getsockname(server->datagramfds[i],
		    (struct sockaddr *)&addr, &len) == 0)
			guard_add_port(&guard, ntohs((uint16_t)sock_get_port(
			    (struct sockaddr *)&addr, len)));
	}
}

static int
is_to_be_answered(const struct datagram *d, int64_t now)
{
	return destination_is_unicast(&d->to) &&
	    guard_admits(&guard, (const struct sockaddr *)&d->peer, now);
}

static void
answer(struct server *server, int fd, unsigned n)
{
	struct datagram *which[DATAGRAMS_MAX];
	uint64_t in = 0, out = 0;
	unsigned nwhich = 0, sent = 0;
	int64_t now = monotonic_ns();

	for (unsigned i = 0; i < n; i++) {
		in += datagrams[i].n;
		if (is_to_be_answered(&datagrams[i], now))
			which[nwhich++] = &datagrams[i];
	}
	datagrams_return(fd, which, nwhich);
	for (unsigned i = 0; i < nwhich; i++) {
		sent += which[i]->returned;
		out += which[i]->returned ? which[i]->n : 0;
	}
	count(&server->part->datagrams_in, n);
	count(&server->part->datagrams_out, sent);
	count(&server->part->datagrams_dropped, n - sent);
	count(&server->part->bytes_in, in);
	count(&server->part->bytes_out, out);
}

/* Returns whether there may be more. */
static int
serve_batch(struct server *server, int fd)
{
	int n = datagrams_receive(fd, datagrams);

	if (n > 0) {
		answer(server, fd, (unsigned)n);
		return 1;
	}
	if (n == 0 || errno == EAGAIN || errno == EWOULDBLOCK ||
	    errno == EINTR)
		return 0;
	log_error("cannot take datagrams", errno);
	poll(NULL, 0, PAUSE_MS);
	return 0;
}

static void
serve_rest(struct server *server)
{
	for (unsigned i = 0; i < server->ndatagram; i++)
		for (int n = 0; n < LAST_BATCHES; n++)
			if (!serve_batch(server, server->datagramfds[i]))
				break;
}

/* A batch of each socket in turn: none starves another. */
static void
serve_until_stop(struct server *server, struct pollfd *ready)
{
	unsigned n = server->ndatagram;

	for (;;) {
		if (poll(ready, n + 1, -1) == -1) {
			poll(NULL, 0, PAUSE_MS);
			continue;
		}
		for (unsigned i = 0; i < n; i++)
			if (ready[i].revents != 0)
				serve_batch(server, ready[i].fd);
		if (ready[n].revents != 0)
			return;
	}
}

int
serve_datagrams(struct server *server)
{
	unsigned n = server->ndatagram;
	struct pollfd *ready = calloc(n + 1, sizeof(*ready));

	if (ready == NULL) {
		log_error("cannot serve datagrams", errno);
		return 1;
	}
	for (unsigned i = 0; i < n; i++)
		ready[i].fd = server->datagramfds[i];
	ready[n].fd = server->worker->stopfd;
	for (unsigned i = 0; i <= n; i++)
		ready[i].events = POLLIN;
	start_guard(server);
	unpwrap_worker_ready(server->worker);
	serve_until_stop(server, ready);
	serve_rest(server);
	free(ready);
	return 0;
}
