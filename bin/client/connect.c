/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "connect.h"
#include "deadline.h"
#include "plain.h"
#include "quantity.h"
#include "tuning.h"
#include "unpwrap.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define NARROW		4096
#define FULL_PAUSE_MS	10	/* between tries where a queue is full */
#define FIRST_DELAY_NS	(250 * NSEC_PER_MSEC)
#define LONGEST_DELAY_NS	(8 * NSEC_PER_SEC)

static int
resolve(const struct endpoint *endpoint, const struct connect_how *how,
    struct addrinfo **all, struct outcome *outcome)
{
	struct addrinfo hints;
	char port[8];

	memset(&hints, 0, sizeof(hints));
	/* From an IPv4 address there is no way to one of IPv6. */
	hints.ai_family = how->origins.n != 0 ? how->origins.each[0].ss_family :
	    AF_UNSPEC;
	hints.ai_socktype = how->udp ? SOCK_DGRAM : SOCK_STREAM;
	hints.ai_flags = AI_NUMERICSERV;
	snprintf(port, sizeof(port), "%d", endpoint->port);
	outcome->error = getaddrinfo(endpoint->host, port, &hints, all);
	if (outcome->error == 0)
		return 0;
	outcome->verdict = VERDICT_NAME_NOT_FOUND;
	if (outcome->error == EAI_SYSTEM || outcome->error == EAI_MEMORY) {
		outcome->verdict = VERDICT_LOCAL_ERROR;
		outcome->error = outcome->error == EAI_MEMORY ? ENOMEM : errno;
	}
	return -1;
}

/* While the queue of a UNIX-domain socket is full, Linux fails with EAGAIN, and
 * does not tell when there is room again.  Returns as connect_within does. */
static int
connect_anew(int fd, const struct addrinfo *ai, const struct connect_how *how)
{
	struct pollfd stop = { .fd = how->stopfd, .events = POLLIN };
	int64_t deadline = deadline_in(how->timeout_ns);

	while (deadline_left(deadline) != 0) {
		if (poll(&stop, 1, FULL_PAUSE_MS) == 1)
			return ECANCELED;
		if (connect(fd, ai->ai_addr, ai->ai_addrlen) == 0)
			return 0;
		if (errno != EAGAIN && errno != EINTR)
			return errno;
	}
	return EINPROGRESS;
}

enum { SERVER, STOP, WATCHED };

/* Returns 0, or an errno value: EINPROGRESS once the time is over, ECANCELED
 * when stopped. */
static int
connect_within(int fd, const struct addrinfo *ai, const struct connect_how *how)
{
	struct pollfd ready[WATCHED] = {
		[SERVER] = { .fd = fd, .events = POLLOUT },
		[STOP] = { .fd = how->stopfd, .events = POLLIN },
	};
	int64_t deadline = deadline_in(how->timeout_ns);
	socklen_t len = sizeof(int);
	int error, left;

	if (connect(fd, ai->ai_addr, ai->ai_addrlen) == 0)
		return 0;
	if (errno == EAGAIN && ai->ai_family == AF_UNIX)
		return connect_anew(fd, ai, how);
	if (errno != EINPROGRESS && errno != EINTR)
		return errno;
	do {
		left = deadline_left(deadline);
		if (poll(ready, WATCHED, left) == -1 && errno != EINTR)
			return errno;
		if (ready[STOP].revents != 0)
			return ECANCELED;
	} while (ready[SERVER].revents == 0 && left != 0);
	if (ready[SERVER].revents == 0)
		return EINPROGRESS;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return errno;
	return error;
}

/* Returns 0, or an errno value. */
static int
prepare(int fd, const struct connect_how *how)
{
	int error = 0, on = 1, narrow = NARROW, flags = fcntl(fd, F_GETFL);

	if (flags == -1 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		return errno;
	if (how->udp)
		want_icmp_errors(fd);
	/* Or a small piece waits for the acknowledgement of the one before. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (how->narrow)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &narrow, sizeof(narrow));
	if (how->keepalive_ns != 0)
		error = set_keepalive(fd, how->keepalive_ns);
	if (error == 0 && how->user_timeout_ns != 0)
		error = set_user_timeout(fd, how->user_timeout_ns);
	if (error != 0 || how->origins.n == 0)
		return error;
	/* A port that is given serves one connection after another. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)&how->origins.each[0],
	    how->origins.len) == -1)
		return errno;
	return 0;
}

static void
tell_addresses(int fd, const char *where)
{
	struct sockaddr_storage own;
	socklen_t len = sizeof(own);

	if (getsockname(fd, (struct sockaddr *)&own, &len) == -1 ||
	    own.ss_family == AF_UNIX)	/* it has no address */
		err_msg("connected to %s", where);
	else
		err_msg("connected from %s to %s",
		    Sock_ntop((struct sockaddr *)&own, len), where);
}

/* If nobody listens on a port that the kernel gives to clients, the kernel may
 * give us that very port: a perfect echo, and no server. */
int
is_connected_to_itself(int fd)
{
	struct sockaddr_storage own, peer;
	socklen_t own_len = sizeof(own), peer_len = sizeof(peer);
	struct sockaddr *one = (struct sockaddr *)&own;
	struct sockaddr *other = (struct sockaddr *)&peer;

	if (getsockname(fd, one, &own_len) == -1 ||
	    getpeername(fd, other, &peer_len) == -1 ||
	    own.ss_family == AF_UNIX)
		return 0;
	return sock_cmp_addr(one, other, own_len) == 0 &&
	    sock_cmp_port(one, other, own_len) == 0;
}

/* Returns 0, or an errno value. */
static int
connect_to(int fd, const struct addrinfo *ai, const struct connect_how *how,
    const char *where)
{
	int error = connect_within(fd, ai, how);

	if (error != 0)
		return error;
	if (how->verbose)
		tell_addresses(fd, where);
	return is_connected_to_itself(fd) ? ECONNREFUSED : 0;
}

/* Returns a connected socket, or -1. */
static int
attempt(const struct addrinfo *ai, const struct connect_how *how,
    struct outcome *o)
{
	const char *scheme = ai->ai_family == AF_UNIX ? ENDPOINT_UNIX : "";
	char text[VERDICT_TEXT_MAX];
	int64_t start = monotonic_ns();
	int fd;

	snprintf(o->where, sizeof(o->where), "%s%s", scheme,
	    Sock_ntop(ai->ai_addr, ai->ai_addrlen));
	plain(o->where);
	if (how->verbose)
		err_msg("trying %s", o->where);
	memcpy(&o->address, ai->ai_addr, ai->ai_addrlen);
	o->address_len = ai->ai_addrlen;
	/* What fails before the attempt says nothing about the server. */
	fd = socket(ai->ai_family, ai->ai_socktype, ai->ai_protocol);
	o->error = fd == -1 ? errno : prepare(fd, how);
	o->verdict = VERDICT_LOCAL_ERROR;
	if (o->error == 0) {
		o->error = connect_to(fd, ai, how, o->where);
		o->verdict = verdict_of_connect_error(o->error);
	}
	o->handshake_ns = monotonic_ns() - start;
	if (o->error == 0)
		return fd;
	if (fd != -1)
		close(fd);
	if (o->error == EINPROGRESS)
		o->waited_ns = how->timeout_ns;
	if (how->verbose && o->error != ECANCELED)	/* the user's end */
		err_msg("%s", verdict_text(o, text));
	return -1;
}

static void
keep_most_telling(struct outcome *best, const struct outcome *this)
{
	if (best->error != 0 && !error_tells_more(this->error, best->error))
		return;
	best->verdict = this->verdict;
	best->error = this->error;
	best->waited_ns = this->waited_ns;
}

static int
try_addresses(const struct addrinfo *one, const struct connect_how *how,
    struct outcome *outcome)
{
	struct outcome this;
	int fd = -1;

	for (; one != NULL && fd == -1 && !outcome->stopped;
	    one = one->ai_next) {
		memset(&this, 0, sizeof(this));
		fd = attempt(one, how, &this);
		if (fd == -1)
			keep_most_telling(outcome, &this);
		else
			*outcome = this;
		outcome->stopped = this.error == ECANCELED;
	}
	return fd;
}

static int
try_path(const struct endpoint *endpoint, const struct connect_how *how,
    struct outcome *outcome)
{
	struct sockaddr_un addr;
	const struct addrinfo ai = {
		.ai_family = AF_UNIX,
		.ai_socktype = SOCK_STREAM,
		.ai_addr = (struct sockaddr *)&addr,
		.ai_addrlen = sizeof(addr),
	};

	endpoint_unix(endpoint, &addr);
	return try_addresses(&ai, how, outcome);
}

static int
try_name(const struct endpoint *endpoint, const struct connect_how *how,
    struct outcome *outcome)
{
	struct addrinfo *all;
	int fd;

	if (resolve(endpoint, how, &all, outcome) == -1)
		return -1;
	fd = try_addresses(all, how, outcome);
	freeaddrinfo(all);
	return fd;
}

static int
connect_once(const struct endpoint *endpoint, const struct connect_how *how,
    struct outcome *outcome)
{
	int64_t start = monotonic_ns();
	int fd;

	memset(outcome, 0, sizeof(*outcome));
	endpoint_text(endpoint, outcome->where);
	fd = endpoint->path[0] != '\0' ? try_path(endpoint, how, outcome) :
	    try_name(endpoint, how, outcome);
	outcome->connect_ns = monotonic_ns() - start;
	return fd;
}

/* A server that is about to start, or has too much to do; or whose host is: on
 * the same network, it is unreachable once nobody answers for its address. */
static int
may_pass(const struct outcome *o)
{
	return !o->stopped && (o->verdict == VERDICT_REFUSED ||
	    o->verdict == VERDICT_CONNECT_TIMEOUT ||
	    o->error == EHOSTUNREACH || o->error == EHOSTDOWN);
}

static int64_t
delay_before(unsigned retry)
{
	int64_t delay = FIRST_DELAY_NS;

	while (retry-- > 1 && delay < LONGEST_DELAY_NS)
		delay *= 2;
	return delay;
}

/* Returns whether there is another one. */
static int
wait_for_retry(unsigned retry, const struct connect_how *how,
    struct outcome *o)
{
	struct pollfd stop = { .fd = how->stopfd, .events = POLLIN };
	int64_t delay, end;

	if (!may_pass(o) || retry > how->retries)
		return 0;
	delay = delay_before(retry);
	if (how->verbose)
		err_msg("%s: %s, retry %u of %u in %gs", o->where,
		    verdicts[o->verdict].token, retry, how->retries,
		    in_seconds(delay));
	end = deadline_in(delay);
	while (!o->stopped && deadline_left(end) != 0)
		o->stopped = poll(&stop, 1, deadline_left(end)) == 1;
	return !o->stopped;
}

int
connect_endpoint(const struct endpoint *endpoint, const struct connect_how *how,
    struct outcome *outcome)
{
	unsigned retry = 1;
	int fd;

	while ((fd = connect_once(endpoint, how, outcome)) == -1 &&
	    wait_for_retry(retry, how, outcome))
		retry++;
	return fd;
}
