/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "event.h"
#include "log.h"
#include "looks.h"
#include "loop.h"

#include <errno.h>
#include <stdlib.h>

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/*
 * Accepting.
 */

static void
remove_listeners(struct loop *l, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		l->ops->remove(l->poller, l->server->listenfds[i]);
}

static void
stop_listening(struct loop *l)
{
	if (!l->listening)
		return;
	remove_listeners(l, l->server->nlisten);
	l->listening = 0;
}

/* All of them, or none. */
static int
listen_again(struct loop *l)
{
	if (l->listening)
		return 0;
	for (unsigned i = 0; i < l->server->nlisten; i++) {
		int error;

		if (l->ops->add_shared(l->poller, l->server->listenfds[i],
		    POLLIN) == 0)
			continue;
		error = errno;
		remove_listeners(l, i);
		errno = error;
		return -1;
	}
	l->listening = 1;
	return 0;
}

/* The acceptor's pause, or a look at the gate where there is one. */
static void
wait_to_accept(struct loop *l)
{
	if (l->acceptor.pause_ms >= 0) {
		stop_listening(l);
	} else if (listen_again(l) == -1) {
		log_error("cannot wait for connections", errno);
		l->acceptor.pause_ms = PAUSE_MS;
	}
	l->resume = DEADLINE_NONE;
	if (l->acceptor.pause_ms >= 0)
		l->resume = l->now + l->acceptor.pause_ms * NSEC_PER_MSEC;
	else if (fault_has_listener(&l->server->plan))
		l->resume = l->now + GATE_MS * NSEC_PER_MSEC;
}

/* Of the workers that wait, the kernel wakes the one that has been listening
 * for longest: an idle one would get all connections.  Who has served goes to
 * the end of the queue. */
static void
let_others_listen(struct loop *l)
{
	if (l->server->workers > 1)
		stop_listening(l);
}

static void
accept_some(struct loop *l)
{
	struct peer peer;

	for (int i = 0; i < ACCEPTS; i++) {
		int fd = acceptor_take(&l->acceptor, &peer);

		if (fd >= 0)
			client_start(l, fd, &peer);
		else if (fd == ACCEPT_OVER)
			l->over = 1;
		if (fd == ACCEPT_WAIT && i > 0)
			let_others_listen(l);
		if (fd == ACCEPT_WAIT)
			wait_to_accept(l);
		if (fd == ACCEPT_OVER || fd == ACCEPT_WAIT)
			break;
	}
	if (l->over)
		stop_listening(l);
}

/*
 * A turn of the loop.
 */

static void
each_client(struct loop *l, void (*call)(struct loop *, struct drive *))
{
	int end = table_end(&l->table);
	struct drive *d;

	for (int fd = 0; fd < end && l->active > 0; fd++)
		if ((d = table_at(&l->table, fd)) != NULL)
			call(l, d);
}

static void
stop(struct loop *l)
{
	l->ops->remove(l->poller, l->server->worker->stopfd);
	acceptor_stop(&l->acceptor);
	l->resume = l->now;	/* the rate no longer counts */
	each_client(l, client_stop);
}

static void
dispatch(struct loop *l, const struct ready *ready)
{
	struct drive *d = table_at(&l->table, ready->fd);

	if (d != NULL)
		client_ready(l, d, ready->events);
	else if (ready->fd == l->server->worker->stopfd)
		stop(l);
	else
		accept_some(l);
}

/* A timer may be older than the client that has its descriptor now. */
static void
run_timers(struct loop *l)
{
	const struct timer *first;
	struct drive *d;

	while ((first = timers_first(&l->timers)) != NULL &&
	    first->at <= l->now) {
		struct timer timer = *first;

		timers_remove_first(&l->timers);
		d = table_at(&l->table, timer.fd);
		if (d != NULL && d->peer.number == timer.number)
			client_timer(l, d);
	}
}

static int64_t
next_deadline(const struct loop *l)
{
	const struct timer *first = timers_first(&l->timers);
	int64_t deadline = l->over ? DEADLINE_NONE : l->resume;

	if (first != NULL)
		deadline = least(deadline, first->at);
	if (l->active > 0)
		deadline = least(deadline, l->next_look);
	return deadline;
}

static void
count_bytes(struct loop *l)
{
	if (l->in > 0)
		count(&l->server->part->bytes_in, l->in);
	if (l->out > 0)
		count(&l->server->part->bytes_out, l->out);
	l->in = l->out = 0;
}

/* While it stops, the queue is taken from in every turn. */
static void
turn(struct loop *l)
{
	int is_last = l->acceptor.stopping && !l->over &&
	    l->acceptor.pause_ms < 0;
	struct ready ready[READY_MAX];
	int n;

	n = l->ops->wait(l->poller, ready, is_last ? 0 :
	    deadline_left(next_deadline(l)));
	if (n == -1 && errno != EINTR) {	/* no memory: never spin */
		log_error("cannot wait", errno);
		poll(NULL, 0, PAUSE_MS);
	}
	l->now = monotonic_ns();
	for (int i = 0; i < n; i++)
		dispatch(l, &ready[i]);
	run_timers(l);
	if (l->active > 0 && l->now >= l->next_look) {
		l->next_look = l->now + l->look_ns;
		each_client(l, client_look);
	}
	if (!l->over && (is_last || l->now >= l->resume))
		accept_some(l);
	count_bytes(l);
}

static int
open_loop(struct loop *l, struct server *server, const struct poller_ops *ops)
{
	l->server = server;
	l->ops = ops;
	l->poller = ops->open();
	if (l->poller == NULL || acceptor_open(&l->acceptor, server, 1) == -1)
		return -1;
	l->resume = l->now = monotonic_ns();
	l->look_ns = looks_apart(&server->limits);
	if (ops->add(l->poller, server->worker->stopfd, POLLIN) == -1)
		return -1;
	return listen_again(l);
}

/* On failure the worker exits, which frees what was half opened. */
int
serve_events(struct server *server, const struct poller_ops *ops)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (l == NULL || open_loop(l, server, ops) == -1) {
		log_error("cannot serve", errno);
		return 1;
	}
	while (!l->over || l->active > 0)
		turn(l);
	acceptor_close(&l->acceptor);
	table_free(&l->table);
	timers_free(&l->timers);
	ops->close(l->poller);
	free(l);
	return 0;
}
