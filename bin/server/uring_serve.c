/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "log.h"
#include "looks.h"
#include "quantity.h"
#include "uring_loop.h"
#include "uring_serve.h"

#include <sys/epoll.h>
#include <sys/resource.h>

#include <errno.h>
#ifdef HAVE_MALLOC_TRIM
#include <malloc.h>
#endif
#include <poll.h>
#include <stdlib.h>

#define SLOTS_MAX	65536	/* the kernel has memory for each of them */

static void
start_timer(struct uring_loop *l, enum uring_timer timer, int64_t ns)
{
	uring_timeout(&l->ring, completion_data(ON_TIMER, timer),
	    &l->times[timer], ns);
}

/*
 * Accepting.
 */

/* With direct descriptors the kernel accepts until it is told otherwise; with
 * ordinary ones it tells that it is time to ask the acceptor.  Of several
 * workers it serves the one that has been listening for longest, which would
 * get all connections: they take one at a time, and go to the end of the
 * queue. */
static void
listen_at(struct uring_loop *l, unsigned i)
{
	struct io_uring_sqe *sqe = uring_sqe(&l->ring, 1);
	int fd = l->server->listenfds[i];

	if (l->slots > 0) {
		io_uring_prep_multishot_accept_direct(sqe, fd, NULL, NULL, 0);
		if (l->server->workers > 1)
			sqe->ioprio &= (__u16)~IORING_ACCEPT_MULTISHOT;
		io_uring_sqe_set_data64(sqe, completion_data(ON_ACCEPT, i));
	} else {
		io_uring_prep_poll_add(sqe, fd, POLLIN | EPOLLEXCLUSIVE);
		io_uring_sqe_set_data64(sqe, completion_data(ON_LISTENER, i));
	}
	l->listening[i] = 1;
	l->nlistening++;
}

static void
listen_again(struct uring_loop *l)
{
	for (unsigned i = 0; i < l->server->nlisten; i++)
		if (!l->listening[i])
			listen_at(l, i);
}

static void
stop_listening(struct uring_loop *l)
{
	for (unsigned i = 0; i < l->server->nlisten; i++) {
		if (!l->listening[i])
			continue;
		uring_cancel(&l->ring, completion_data(ON_ACCEPT, i));
		uring_cancel(&l->ring, completion_data(ON_LISTENER, i));
	}
}

static void
wait_to_accept(struct uring_loop *l)
{
	l->is_accepting = 0;
	if (l->acceptor.pause_ms < 0) {
		listen_again(l);
		return;
	}
	l->is_pausing = 1;
	start_timer(l, TIMER_RESUME, l->acceptor.pause_ms * NSEC_PER_MSEC);
}

static void
accept_some(struct uring_loop *l)
{
	struct peer peer;

	for (int i = 0; i < ACCEPTS; i++) {
		int fd = acceptor_take(&l->acceptor, &peer);

		if (fd >= 0) {
			uring_client_start(l, fd, 0);
		} else if (fd == ACCEPT_OVER) {
			l->is_over = 1;
			stop_listening(l);
			return;
		} else if (fd == ACCEPT_WAIT) {
			wait_to_accept(l);
			return;
		}
	}
}

/*
 * What completes, a function for each kind.
 */

static struct uring_client *
client_of(uint64_t data)
{
	return (struct uring_client *)(uintptr_t)
	    (data & ~((UINT64_C(1) << COMPLETION_BITS) - 1));
}

static void
on_nothing(struct uring_loop *l, const struct io_uring_cqe *cqe)
{
	(void)l, (void)cqe;
}

static void
on_receive(struct uring_loop *l, const struct io_uring_cqe *cqe)
{
	uring_client_received(l, client_of(cqe->user_data), cqe);
}

static void
on_send(struct uring_loop *l, const struct io_uring_cqe *cqe)
{
	uring_client_sent(l, client_of(cqe->user_data), cqe->res);
}

static void
on_short(struct uring_loop *l, const struct io_uring_cqe *cqe)
{
	l->sent[cqe->user_data >> COMPLETION_BITS].result = cqe->res;
}

static void
listened(struct uring_loop *l, unsigned i)
{
	l->listening[i] = 0;
	l->nlistening--;
}

static void
on_listener(struct uring_loop *l, const struct io_uring_cqe *cqe)
{
	listened(l, (unsigned)(cqe->user_data >> COMPLETION_BITS));
	l->is_accepting = 1;
}

/* If no slot is left, the kernel has closed the connection.  After that, and
 * after any unknown error, connections get ordinary descriptors. */
static void
accept_failed(struct uring_loop *l, int error)
{
	l->is_accepting = 1;
	if (error == ECANCELED)
		return;
	l->slots = 0;
	if (error != ENFILE)
		return;
	count(&l->server->part->refused, 1);
	log_error("out of direct descriptors", error);
}

static void
on_accept(struct uring_loop *l, const struct io_uring_cqe *cqe)
{
	unsigned i = (unsigned)(cqe->user_data >> COMPLETION_BITS);

	if ((cqe->flags & IORING_CQE_F_MORE) == 0)
		listened(l, i);
	if (cqe->res < 0) {
		accept_failed(l, -cqe->res);
		return;
	}
	acceptor_came(&l->acceptor);
	uring_client_start(l, cqe->res, 1);
	if (!l->listening[i] && !l->acceptor.stopping)
		listen_at(l, i);
}

static void
on_stop(struct uring_loop *l, const struct io_uring_cqe *cqe)
{
	(void)cqe;
	acceptor_stop(&l->acceptor);
	l->is_pausing = 0;	/* the rate no longer counts */
	stop_listening(l);
	l->is_accepting = 1;
}

static void
on_timer(struct uring_loop *l, const struct io_uring_cqe *cqe)
{
	if (cqe->user_data >> COMPLETION_BITS == TIMER_LOOK) {
		l->is_looking = 0;
		l->is_time_to_look = 1;
		return;
	}
	l->is_pausing = 0;
	l->is_accepting = 1;
}

static void (*const reactions[COMPLETION_KINDS])(struct uring_loop *,
    const struct io_uring_cqe *) = {
	[ON_NOTHING]	= on_nothing,
	[ON_RECEIVE]	= on_receive,
	[ON_SEND]	= on_send,
	[ON_SHORT]	= on_short,
	[ON_ACCEPT]	= on_accept,
	[ON_LISTENER]	= on_listener,
	[ON_STOP]	= on_stop,
	[ON_TIMER]	= on_timer,
};

static void
react(struct uring_loop *l)
{
	const uint64_t kind = (UINT64_C(1) << COMPLETION_BITS) - 1;
	struct io_uring_cqe *cqe;
	unsigned head, n = 0;

	io_uring_for_each_cqe(&l->ring, head, cqe) {
		reactions[cqe->user_data & kind](l, cqe);
		n++;
	}
	io_uring_cq_advance(&l->ring, n);
}

/* Includes completions that overflowed the queue: a short send, for one, must
 * be seen before it is taken for a whole one. */
static void
react_to_all(struct uring_loop *l)
{
	react(l);
	while (io_uring_cq_has_overflow(&l->ring)) {
		io_uring_get_events(&l->ring);
		react(l);
	}
}

/*
 * A turn of the loop.
 */

static void
look(void *loop, struct uring_client *c)
{
	uring_client_look(loop, c);
}

static int
has_to_look(const struct uring_loop *l)
{
	return l->active > 0 || l->buffers.rest != BUFFERS_AWAY;
}

/* Returns the memory of clients that made us wait.  Otherwise glibc's heap
 * keeps it, some megabytes after a storm. */
static void
trim_heap(void)
{
#ifdef HAVE_MALLOC_TRIM
	malloc_trim(0);
#endif
}

static void
look_at_all(struct uring_loop *l)
{
	l->is_time_to_look = 0;
	uring_clients_each(&l->clients, look, l);
	/* Completions not seen yet may have data in buffers. */
	if (io_uring_cq_ready(&l->ring) == 0 &&
	    !io_uring_cq_has_overflow(&l->ring) &&
	    uring_buffers_rest(&l->buffers))
		trim_heap();
}

static void
count_bytes(struct uring_loop *l)
{
	if (l->in > 0)
		count(&l->server->part->bytes_in, l->in);
	if (l->out > 0)
		count(&l->server->part->bytes_out, l->out);
	l->in = l->out = 0;
}

/* When stopping, first let the kernel's own accepts finish. */
static int
can_accept(const struct uring_loop *l)
{
	return l->is_accepting && !l->is_over && !l->is_pausing &&
	    !(l->acceptor.stopping && l->nlistening > 0);
}

static int
turn(struct uring_loop *l)
{
	uring_buffers_tell(&l->buffers);
	if (uring_enter(&l->ring, l->todo == NULL && !can_accept(l) &&
	    !l->is_in_haste) == -1)
		return -1;
	react_to_all(l);
	uring_clients_settle(l);
	if (l->is_time_to_look)
		look_at_all(l);
	if (can_accept(l))
		accept_some(l);
	uring_clients_go_on(l);
	if (has_to_look(l) && !l->is_looking) {
		l->is_looking = 1;
		start_timer(l, TIMER_LOOK, l->look_ns);
	}
	count_bytes(l);
	return 0;
}

/*
 * The start and the end.
 */

/* Linux that knows it can close a direct descriptor with a reset, too. */
static int
knows_install(struct io_uring *ring)
{
	struct io_uring_probe *probe = io_uring_get_probe_ring(ring);
	int knows = probe != NULL &&
	    io_uring_opcode_supported(probe, OP_FIXED_FD_INSTALL);

	io_uring_free_probe(probe);
	return knows;
}

/* Where each connection must be looked at before it is served, it needs a
 * descriptor. */
static unsigned
open_slots(struct uring_loop *l)
{
	const struct server *server = l->server;
	struct rlimit limit;
	unsigned n = SLOTS_MAX;

	if (server->limits.max_conns != 0 ||
	    server->limits.accept_rate != 0 || server->one_off ||
	    !knows_install(&l->ring) ||
	    getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return 0;
	if (limit.rlim_cur < n)
		n = (unsigned)limit.rlim_cur;
	return io_uring_register_files_sparse(&l->ring, n) == 0 ? n : 0;
}

static int
open_loop(struct uring_loop *l, struct server *server)
{
	struct io_uring_sqe *sqe;

	l->server = server;
	l->todo_end = &l->todo;
	l->look_ns = looks_apart(&server->limits);
	l->listening = calloc(server->nlisten, 1);
	if (l->listening == NULL || uring_open(&l->ring) == -1 ||
	    uring_buffers_open(&l->buffers, &l->ring) == -1 ||
	    acceptor_open(&l->acceptor, server, 0) == -1)
		return -1;
	l->slots = open_slots(l);
	l->is_accepting = 1;
	sqe = uring_sqe(&l->ring, 1);
	io_uring_prep_poll_add(sqe, server->worker->stopfd, POLLIN);
	io_uring_sqe_set_data64(sqe, ON_STOP);
	return 0;
}

static void
close_loop(struct uring_loop *l)
{
	io_uring_submit(&l->ring);	/* what is still to be closed */
	acceptor_close(&l->acceptor);
	uring_close(&l->ring);
	uring_buffers_close(&l->buffers);
	uring_clients_free(&l->clients);
	free(l->listening);
	free(l);
}

/* On failure the worker exits, which frees what was half opened. */
int
serve_uring_fast(struct server *server)
{
	struct uring_loop *l = calloc(1, sizeof(*l));

	if (l == NULL || open_loop(l, server) == -1) {
		log_error("cannot serve", errno);
		return 1;
	}
	while (!l->is_over || l->active > 0) {
		if (turn(l) == -1) {
			log_error("cannot wait for connections", errno);
			return 1;
		}
	}
	close_loop(l);
	return 0;
}
