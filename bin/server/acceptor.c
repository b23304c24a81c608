/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "acceptor.h"
#include "gate.h"
#include "log.h"
#include "quantity.h"
#include "reset.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define BURST_NS	(100 * NSEC_PER_MSEC)	/* what may come at once, of the
						   rate */

enum accept_error {
	PAUSE,		/* no memory, or what we do not know: never spin */
	GO_ON,		/* it concerns one connection, which is gone */
	NONE_WAITING,
	SHED		/* out of descriptors */
};

/* No error of accept(2) ends a server. */
static enum accept_error
classify(int error)
{
	static const struct {
		int		 error;
		enum accept_error meaning;
	} table[] = {
		{ EAGAIN,	NONE_WAITING },
		{ EWOULDBLOCK,	NONE_WAITING },
		{ EINTR,	GO_ON },
		{ ECONNABORTED,	GO_ON },
		{ ECONNRESET,	GO_ON },
		{ EPROTO,	GO_ON },
		/* Linux hands on what the network said of the connection. */
		{ ENETDOWN,	GO_ON },
		{ ENETUNREACH,	GO_ON },
		{ EHOSTDOWN,	GO_ON },
		{ EHOSTUNREACH,	GO_ON },
		{ ENOPROTOOPT,	GO_ON },
		{ ETIMEDOUT,	GO_ON },
		{ EMFILE,	SHED },
		{ ENFILE,	SHED },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].error == error)
			return table[i].meaning;
	return PAUSE;
}

static int
open_spare(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* With --one-off, a worker that replaces the one that took the connection has
 * none. */
static int
has_served(const struct server *server)
{
	struct totals totals;

	stats_sum(server->stats, &totals);
	return totals.accepted > 0;
}

int
acceptor_open(struct acceptor *a, struct server *server, int nonblocking)
{
	unsigned n = server->nlisten;

	a->server = server;
	a->nonblocking = nonblocking;
	a->turn = 0;
	a->taken = 0;
	a->left = server->one_off ? !has_served(server) : UINT64_MAX;
	a->stopping = a->is_ready = 0;
	a->held = NULL;
	a->pause_ms = -1;
	a->spare = open_spare();
	a->ready = a->few;
	if (n + 1 > sizeof(a->few) / sizeof(a->few[0]))
		a->ready = calloc(n + 1, sizeof(*a->ready));
	if (a->ready == NULL)
		return -1;
	for (unsigned i = 0; i < n; i++)
		a->ready[i].fd = server->listenfds[i];
	a->ready[n].fd = server->worker->stopfd;
	for (unsigned i = 0; i <= n; i++)
		a->ready[i].events = POLLIN;
	return 0;
}

void
acceptor_close(struct acceptor *a)
{
	if (a->ready != a->few)
		free(a->ready);
	if (a->spare != -1)
		close(a->spare);
}

/* A client that keeps reconnecting must not keep us for ever: take no more than
 * can be queued.  Systems may queue more than the backlog asks for. */
void
acceptor_stop(struct acceptor *a)
{
	uint64_t most = 2 * (uint64_t)a->server->limits.backlog *
	    a->server->nlisten;

	if (a->stopping)
		return;
	a->stopping = 1;
	a->ready[a->server->nlisten].fd = -1;
	if (a->left > most)
		a->left = most;
}

/* The worker is being replaced, the server goes on: waiting connections are
 * left to other workers, which poll(2) wakes too.  A worker that waits by
 * epoll(7) or io_uring(7) may be the only one woken, so it takes what waits. */
static int
is_replaced(const struct acceptor *a)
{
	return a->stopping && !atomic_load(&a->server->stats->stop_asked);
}

/* Waits, at most so long, for a stop or (listeners set) a connection. */
static void
wait_for(struct acceptor *a, int listeners, int timeout_ms)
{
	unsigned n = a->server->nlisten, first = listeners ? 0 : n;
	int ready;

	a->ready[n].revents = 0;
	if (a->held != NULL)
		sigprocmask(SIG_UNBLOCK, a->held, NULL);
	do
		ready = poll(a->ready + first, n + 1 - first, timeout_ms);
	while (ready == -1 && errno == EINTR && timeout_ms == -1);
	if (a->held != NULL)
		sigprocmask(SIG_BLOCK, a->held, NULL);
	if (ready > 0 && a->ready[n].revents != 0)
		acceptor_stop(a);
}

void
refuse_connection(struct server *server, int fd)
{
	close_with_reset(fd);
	count(&server->part->refused, 1);
}

static int
accept_one(const struct acceptor *a, int listenfd, struct peer *peer)
{
	struct sockaddr *addr = &peer->addr.any;
	int fd;

	peer->len = sizeof(peer->addr);
#ifdef HAVE_ACCEPT4
	fd = accept4(listenfd, addr, &peer->len, SOCK_CLOEXEC |
	    (a->nonblocking ? SOCK_NONBLOCK : 0));
#else
	fd = accept(listenfd, addr, &peer->len);
	if (fd != -1) {		/* the BSDs inherit O_NONBLOCK */
		fcntl(fd, F_SETFL, (fcntl(fd, F_GETFL) & ~O_NONBLOCK) |
		    (a->nonblocking ? O_NONBLOCK : 0));
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
#endif
	if (peer->len > sizeof(peer->addr))
		peer->len = sizeof(peer->addr);
	return fd;
}

/* Out of descriptors: the connection would stay queued, its client hang, and
 * poll(2) return at once for ever.  Linux reports EMFILE even if the queue is
 * empty, so return what accept(2) says once a descriptor is free. */
static enum accept_error
shed(struct acceptor *a, int listenfd)
{
	enum accept_error meaning = GO_ON;
	struct peer peer;
	int fd, error = errno;

	if (a->spare == -1) {
		a->spare = open_spare();
		return a->spare == -1 ? PAUSE : GO_ON;
	}
	close(a->spare);
	fd = accept_one(a, listenfd, &peer);
	if (fd == -1)
		meaning = classify(errno);
	else
		refuse_connection(a->server, fd);
	a->spare = open_spare();
	if (fd != -1)
		log_error("out of descriptors", error);
	return meaning == SHED ? PAUSE : meaning;
}

static int
has_gate(const struct acceptor *a)
{
	return fault_has_listener(&a->server->plan);
}

/* Asks each listener once. */
static int
take_one(struct acceptor *a, struct peer *peer)
{
	unsigned n = a->server->nlisten;
	int result = ACCEPT_WAIT;

	for (unsigned i = 0; i < n; i++) {
		int listenfd = a->server->listenfds[(a->turn + i) % n];
		int fd = accept_one(a, listenfd, peer);
		enum accept_error meaning;

		if (fd != -1) {
			a->turn = (a->turn + i + 1) % n;
			return fd;
		}
		meaning = classify(errno);
		if (meaning == SHED)
			meaning = shed(a, listenfd);
		if (meaning == NONE_WAITING)
			continue;
		if (meaning == PAUSE && errno == EINVAL &&
		    gate_was_turned(a->server)) {
			a->pause_ms = GATE_MS;	/* another worker closed it */
			return ACCEPT_WAIT;
		}
		if (meaning == PAUSE) {
			/* The others are to be asked next time. */
			a->turn = (a->turn + i + 1) % n;
			log_error("cannot accept", errno);
			a->pause_ms = PAUSE_MS;
			return ACCEPT_WAIT;
		}
		result = ACCEPT_AGAIN;
	}
	return result;
}

/* The connection is counted before the check, so that two workers checking at
 * the same time see each other's. */
static int
is_one_too_many(struct server *server)
{
	return server->limits.max_conns != 0 &&
	    stats_has_more(server->stats, server->limits.max_conns);
}

/* Returns whether the source may have another connection. */
static int
enter_source(struct server *server, const struct peer *peer)
{
	uint64_t key;

	if (server->sources == NULL)
		return 1;
	key = sources_key(&peer->addr.any);
	return key == 0 || sources_enter(server->sources, server->worker->slot,
	    key, server->limits.max_per_source);
}

static void
leave_source(struct server *server, const struct peer *peer)
{
	uint64_t key;

	if (server->sources == NULL)
		return;
	key = sources_key(&peer->addr.any);
	if (key != 0)
		sources_leave(server->sources, server->worker->slot, key);
}

void
count_end(struct server *server, const struct peer *peer, enum cause cause)
{
	count(&server->part->ended[cause], 1);
	leave_source(server, peer);
}

/* With --one-off, it was not the one. */
static void
give_back(struct acceptor *a)
{
	if (a->server->one_off && !a->stopping)
		a->left++;
}

void
acceptor_discount(struct acceptor *a)
{
	atomic_fetch_sub(&a->server->part->accepted, 1);
	give_back(a);
}

void
acceptor_refuse(struct acceptor *a, const struct peer *peer, int fd)
{
	leave_source(a->server, peer);
	acceptor_discount(a);
	refuse_connection(a->server, fd);
}

static void
count_taken(struct acceptor *a, struct peer *peer)
{
	struct server *server = a->server;

	if (server->plan.n > 0 || server->in_band)
		peer->number = atomic_fetch_add(&server->stats->numbers, 1) + 1;
	if (++a->taken == server->limits.max_requests)
		unpwrap_worker_retire(server->worker);
}

void
acceptor_came(struct acceptor *a)
{
	struct peer peer;

	if (a->left != UINT64_MAX && a->left > 0)
		a->left--;
	count(&a->server->part->accepted, 1);
	count_taken(a, &peer);
}

/* Returns whether the connection is to be served; otherwise it is closed. */
static int
admit(struct acceptor *a, int fd, struct peer *peer)
{
	if (gate_take_filler(a->server, peer)) {
		close(fd);
		return 0;
	}
	if (a->left != UINT64_MAX)
		a->left--;
	if (!enter_source(a->server, peer)) {
		give_back(a);
		refuse_connection(a->server, fd);
		return 0;
	}
	atomic_fetch_add(&a->server->part->accepted, 1);
	if (is_one_too_many(a->server)) {
		acceptor_refuse(a, peer, fd);
		return 0;
	}
	count_taken(a, peer);
	gate_let_in(a->server, fd);
	return 1;
}

/*
 * The rate: a meter that all workers share, which says when the next connection
 * conforms (the virtual scheduling algorithm of ITU-T I.371).
 */

static counted
meter_now(void)
{
	return (counted)(monotonic_ns() / METER_NS);
}

/* How far next is ahead of now.  A distance greater than workers can have
 * caused means that next is past. */
static counted
meter_ahead(counted next, counted now)
{
	counted ahead = next - now;

	return ahead < (counted)-1 / 128 ? ahead : 0;
}

static int
is_too_soon(struct acceptor *a)
{
	int64_t early;

	if (a->server->limits.accept_rate == 0 || a->stopping)
		return 0;
	early = (int64_t)meter_ahead(atomic_load(
	    &a->server->stats->next_accept), meter_now()) * METER_NS -
	    BURST_NS;
	if (early <= 0)
		return 0;
	a->pause_ms = (int)(early / NSEC_PER_MSEC) + 1;
	return 1;
}

static void
meter(struct acceptor *a)
{
	uint64_t rate = a->server->limits.accept_rate;
	counted next = atomic_load(&a->server->stats->next_accept);
	counted now, then;

	/* A worker that ends takes what waits: its successor is not to pay. */
	if (rate == 0 || a->stopping)
		return;
	now = meter_now();
	do {
		then = now + meter_ahead(next, now) +
		    (counted)(NSEC_PER_SEC / METER_NS / rate);
	} while (!atomic_compare_exchange_weak(&a->server->stats->next_accept,
	    &next, then));
}

/* A gate that is closed, or is to be, is looked at again and again. */
static int
look_at_gate(struct acceptor *a)
{
	int is_open = gate_update(a->server);

	a->pause_ms = is_open ? -1 : GATE_MS;
	return is_open;
}

/* Ready: it has asked for a connection and survived.  Do not wait for the first
 * one, which may be long in coming: HUP takes effect once workers are ready. */
static void
tell_ready(struct acceptor *a)
{
	if (a->is_ready || a->pause_ms == PAUSE_MS)
		return;
	a->is_ready = 1;
	unpwrap_worker_ready(a->server->worker);
}

int
acceptor_take(struct acceptor *a, struct peer *peer)
{
	int fd = ACCEPT_WAIT;

	if (a->left == 0)
		return ACCEPT_OVER;
	if (look_at_gate(a) && !is_too_soon(a))
		fd = take_one(a, peer);
	tell_ready(a);
	if (fd >= 0)
		meter(a);
	if (fd >= 0)
		return admit(a, fd, peer) ? fd : ACCEPT_AGAIN;
	return fd == ACCEPT_WAIT && a->stopping && a->pause_ms != PAUSE_MS ?
	    ACCEPT_OVER : fd;
}

/* For how long to wait before asking for a connection, if there is to be one.
 * The first time it asks at once: see tell_ready. */
static int
patience_ms(const struct acceptor *a)
{
	if (a->pause_ms >= 0)
		return a->pause_ms;
	if (!a->is_ready || a->stopping || a->left == 0)
		return 0;
	return has_gate(a) ? GATE_MS : -1;
}

/* It waits first: accept(2) that fails writes to errno, a page more that each
 * fork copies. */
int
acceptor_next(struct acceptor *a, struct peer *peer)
{
	int fd;

	do {
		wait_for(a, a->pause_ms < 0, patience_ms(a));
		if (is_replaced(a))
			return ACCEPT_OVER;
		fd = acceptor_take(a, peer);
	} while (fd == ACCEPT_WAIT || fd == ACCEPT_AGAIN);
	return fd;
}
