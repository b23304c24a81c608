/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "fault.h"
#include "gate.h"
#include "log.h"
#include "vanish.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#define FILL_MS		50	/* no handshake in that time: it is full */
#define FILL_MOST	8	/* of one listener, which has room for one */

/* UNKNOWN: who turned it has died. */
enum gate { GATE_OPEN, GATE_DEAF, GATE_REFUSING, GATE_FULL, GATE_UNKNOWN };

/* Only Linux closes a listening socket by shutdown(2) so that listen(2) opens
 * it again. */
int
gate_probe(void)
{
#ifdef __linux__
	return 0;
#else
	return ENOTSUP;
#endif
}

/* Of a listening socket, Linux tells how long the queue is and may be. */
static int
is_full(int listenfd)
{
#ifdef __linux__
	struct tcp_info info = { .tcpi_unacked = 0 };
	socklen_t len = sizeof(info);

	return getsockopt(listenfd, IPPROTO_TCP, TCP_INFO, &info, &len) == -1 ||
	    info.tcpi_unacked > info.tcpi_sacked;
#else
	(void)listenfd;
	return 1;
#endif
}

static const struct in6_addr ipv4_loopback = {	/* mapped: ::ffff:127.0.0.1 */
	{ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1 } }
};

static int
takes_ipv4(int listenfd)
{
	int alone = 1;
	socklen_t len = sizeof(alone);

	return getsockopt(listenfd, IPPROTO_IPV6, IPV6_V6ONLY, &alone,
	    &len) == 0 && !alone;
}

/* Where the listener takes any address, connect by the loopback address; by
 * that of IPv4, if it can be, since a host may bind to IPv6 and have no ::1. */
static void
make_own(int listenfd, struct sockaddr *addr)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)addr;
	struct sockaddr_in *sin = (struct sockaddr_in *)addr;

	if (addr->sa_family == AF_INET6 &&
	    IN6_IS_ADDR_UNSPECIFIED(&sin6->sin6_addr))
		sin6->sin6_addr = takes_ipv4(listenfd) ? ipv4_loopback :
		    in6addr_loopback;
	else if (addr->sa_family == AF_INET &&
	    sin->sin_addr.s_addr == htonl(INADDR_ANY))
		sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

/* Returns whether there was room for one more. */
static int
fill_once(struct server *server, const struct sockaddr *addr, socklen_t len)
{
	struct pollfd done = { .events = POLLOUT };
	struct sockaddr_storage own;
	socklen_t own_len = sizeof(own);
	int alone = 0;		/* not to IPv6 alone, by whatever default */
	unsigned n;

	done.fd = socket(addr->sa_family, SOCK_STREAM, 0);
	if (done.fd == -1)
		return 0;
	if (addr->sa_family == AF_INET6)
		setsockopt(done.fd, IPPROTO_IPV6, IPV6_V6ONLY, &alone,
		    sizeof(alone));
	fcntl(done.fd, F_SETFL, O_NONBLOCK);
	connect(done.fd, addr, len);
	if (poll(&done, 1, FILL_MS) != 1 || done.revents != POLLOUT ||
	    getsockname(done.fd, (struct sockaddr *)&own, &own_len) == -1) {
		close(done.fd);
		return 0;
	}
	n = (unsigned)atomic_fetch_add(&server->stats->fillers, 1);
	atomic_store(&server->stats->filler_ports[n % FILLERS_MAX],
	    (unsigned)sock_get_port((struct sockaddr *)&own, own_len));
	close(done.fd);		/* it stays in the queue */
	return 1;
}

static void
fill(struct server *server, int listenfd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	if (getsockname(listenfd, (struct sockaddr *)&addr, &len) == -1)
		return;
	make_own(listenfd, (struct sockaddr *)&addr);
	for (int i = 0; i < FILL_MOST && fill_once(server,
	    (struct sockaddr *)&addr, len); i++)
		;
}

/* With the queue, the kernel gives up a port that it chose itself, unless we
 * bind to that port by its number. */
static void
refuse_all(int listenfd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	if (getsockname(listenfd, (struct sockaddr *)&addr, &len) == -1)
		return;
	shutdown(listenfd, SHUT_RD);
	bind(listenfd, (struct sockaddr *)&addr, len);
}

/* They go with the queues: their ports are another's from now on. */
static void
forget_fillers(struct server *server)
{
	for (unsigned i = 0; i < FILLERS_MAX; i++)
		atomic_store(&server->stats->filler_ports[i], 0);
}

static void
turn(struct server *server, enum gate to)
{
	if (to == GATE_REFUSING)
		forget_fillers(server);
	for (unsigned i = 0; i < server->nlisten; i++) {
		int fd = server->listenfds[i];

		appear(fd);
		if (to == GATE_REFUSING) {
			refuse_all(fd);
			continue;
		}
		/* 0: the shortest queue */
		listen(fd, to == GATE_FULL ? 0 : server->limits.backlog);
		if (to == GATE_FULL)
			fill(server, fd);
		else if (to == GATE_DEAF)
			vanish_listener(fd);
	}
}

static enum gate
gate_for(const struct fault *f)
{
	if (f == NULL)
		return GATE_OPEN;
	if (f->kind == FAULT_REFUSE)
		return GATE_REFUSING;
	return fault_is(f->kind, FAULT_VANISHES) ? GATE_DEAF : GATE_FULL;
}

/* After a HUP, a worker whose faults are no longer those of the server. */
static int
is_outdated(const struct server *server)
{
	return server->generation != atomic_load(&server->stats->generation);
}

static const struct fault *
active_one(const struct server *server)
{
	if (!fault_has_listener(&server->plan))
		return NULL;
	return fault_of_listener(&server->plan, server_now(server));
}

static void
tell(struct server *server, enum fault_kind kind)
{
	count(&server->stats->part[0].faults[kind], 1);
	log_fields(LEVEL_DETAIL, "fault",
	    { "fault", fault_rows[kind].name, 0 });
}

/* One process at a time turns the gate: it stores its negated process id in
 * place of the gate's state.  Only then does it see whether a HUP came
 * before. */
static void
turn_once(struct server *server, int is, const struct fault *f)
{
	atomic_int *gate = &server->stats->gate;
	enum gate to = gate_for(f);

	if (!atomic_compare_exchange_strong(gate, &is, -(int)getpid()))
		return;
	if (is_outdated(server)) {
		atomic_store(gate, is);
		return;
	}
	atomic_store(&server->stats->gate_was_turned, 1);
	turn(server, to);
	if (f != NULL && to != GATE_DEAF && is != (int)to)
		tell(server, f->kind);
	atomic_store(gate, (int)to);
}

/* The io_uring of an old worker, for which the kernel accepts by itself, may
 * have taken the connections that filled the queues. */
static int
has_leaked(const struct server *server, int is)
{
	if (is != GATE_FULL)
		return 0;
	for (unsigned i = 0; i < server->nlisten; i++)
		if (!is_full(server->listenfds[i]))
			return 1;
	return 0;
}

int
gate_update(struct server *server)
{
	int is = atomic_load(&server->stats->gate);
	const struct fault *f = active_one(server);

	if (is >= 0 && !is_outdated(server) &&
	    (is != (int)gate_for(f) || has_leaked(server, is))) {
		turn_once(server, is, f);
		is = atomic_load(&server->stats->gate);
	}
	return is == GATE_OPEN || is == GATE_DEAF;
}

int
gate_was_turned(const struct server *server)
{
	return atomic_load(&server->stats->gate_was_turned);
}

void
gate_let_in(const struct server *server, int fd)
{
	if (gate_was_turned(server) && active_one(server) == NULL)
		appear(fd);
}

void
gate_process_gone(struct server *server, pid_t pid)
{
	int is = -(int)pid;

	atomic_compare_exchange_strong(&server->stats->gate, &is, GATE_UNKNOWN);
}

int
gate_take_filler(struct server *server, const struct peer *peer)
{
	int port;

	if (atomic_load(&server->stats->fillers) == 0)
		return 0;
	port = sock_get_port((const struct sockaddr *)&peer->addr, peer->len);
	for (unsigned i = 0; port > 0 && i < FILLERS_MAX; i++) {
		unsigned is = (unsigned)port;

		if (atomic_load(&server->stats->filler_ports[i]) != is)
			continue;
		/* Accepted once, the port may be another's. */
		if (atomic_compare_exchange_strong(
		    &server->stats->filler_ports[i], &is, 0))
			return 1;
	}
	return 0;
}
