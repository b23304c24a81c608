/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "sweep_run.h"

#include <sys/epoll.h>
#include <net/if.h>

/*
 * Wrappers of socket calls, and of what waits for sockets.
 */
#define SECOND_MS	1000

static enum outcome
run_Accept(struct world *w)
{
	w->len = sizeof(w->addr);
	ARM(w->got = Accept(w->fd, (SA *)&w->addr, &w->len));
	return SUCCEEDED(w->got != -1 &&
	    w->len == sizeof(struct sockaddr_in));
}

static enum outcome
run_Accept4(struct world *w)
{
	w->len = sizeof(w->addr);
	ARM(w->got = Accept4(w->fd, (SA *)&w->addr, &w->len, SOCK_CLOEXEC));
	return SUCCEEDED(fcntl(w->got, F_GETFD) == FD_CLOEXEC);
}

static enum outcome
run_Bind(struct world *w)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };

	ARM(Bind(w->fd, (SA *)&addr, sizeof(addr)));
	return OK;
}

static enum outcome
run_Connect(struct world *w)
{
	ARM(Connect(w->fd, (SA *)&w->addr, w->len));
	w->len = sizeof(w->addr);
	return SUCCEEDED(getpeername(w->fd, (SA *)&w->addr, &w->len) == 0);
}

/* After EINTR, with no peer. */
static const struct rule connect_rules[] = {
	{ F_getpeername, ENOTCONN, FAILS_AS,	EISCONN, 0 },
	NO_RULES
};
static const struct rule connect_unix_rules[] = {
	{ F_getpeername, ENOTCONN, SUCCEEDS,	0,	0 },
	NO_RULES
};

static enum outcome
run_Getpeername(struct world *w)
{
	w->len = sizeof(w->addr);
	ARM(Getpeername(w->fd, (SA *)&w->addr, &w->len));
	return SUCCEEDED(w->addr.ss_family == AF_INET);
}

static enum outcome
run_Getsockname(struct world *w)
{
	w->len = sizeof(w->addr);
	ARM(Getsockname(w->fd, (SA *)&w->addr, &w->len));
	return SUCCEEDED(w->addr.ss_family == AF_INET);
}

static enum outcome
run_Getsockopt(struct world *w)
{
	int type = 0;
	socklen_t len = sizeof(type);

	ARM(Getsockopt(w->fd, SOL_SOCKET, SO_TYPE, &type, &len));
	return SUCCEEDED(type == SOCK_STREAM);
}

static enum outcome
run_Setsockopt(struct world *w)
{
	int on = 1;

	ARM(Setsockopt(w->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	return OK;
}

static enum outcome
run_Listen(struct world *w)
{
	ARM(Listen(w->fd, 5));
	return OK;
}

static enum outcome
run_Shutdown(struct world *w)
{
	ARM(Shutdown(w->fd, SHUT_WR));
	return OK;
}

static enum outcome
run_Sockatmark(struct world *w)
{
	ARM(w->n = Sockatmark(w->fd));
	return SUCCEEDED(w->n == 0);
}

static enum outcome
run_Socket(struct world *w)
{
	ARM(w->got = Socket(AF_INET, SOCK_STREAM, 0));
	return SUCCEEDED(w->got != -1);
}

static enum outcome
run_Socketpair(struct world *w)
{
	ARM(Socketpair(AF_UNIX, SOCK_STREAM, 0, w->fds));
	return SUCCEEDED(w->fds[0] != -1 && w->fds[1] != -1);
}

static enum outcome
run_If_nametoindex(struct world *w)
{
	ARM(w->n = (ssize_t)If_nametoindex("lo"));
	return SUCCEEDED(w->n > 0);
}

static enum outcome
run_If_indextoname(struct world *w)
{
	unsigned index = if_nametoindex("lo");

	ARM(If_indextoname(index, w->buf));
	return SUCCEEDED(strcmp(w->buf, "lo") == 0);
}

static enum outcome
run_If_nameindex(struct world *w)
{
	struct if_nameindex *all;

	ARM(all = If_nameindex());
	w->n = all[0].if_index > 0;
	if_freenameindex(all);
	return SUCCEEDED(w->n == 1);
}

static enum outcome
run_Inet_ntop(struct world *w)
{
	struct in_addr addr = { htonl(INADDR_LOOPBACK) };

	ARM(Inet_ntop(AF_INET, &addr, w->buf, sizeof(w->buf)));
	return SUCCEEDED(strcmp(w->buf, "127.0.0.1") == 0);
}

static enum outcome
run_Inet_pton(struct world *w)
{
	struct in_addr addr = { 0 };

	ARM(Inet_pton(AF_INET, "127.0.0.1", &addr));
	return SUCCEEDED(addr.s_addr == htonl(INADDR_LOOPBACK));
}

static enum outcome
run_Poll(struct world *w)
{
	struct pollfd ready = { .fd = w->fd, .events = POLLIN };

	ARM(w->n = Poll(&ready, 1, SECOND_MS));
	return SUCCEEDED(w->n == 1 && (ready.revents & POLLIN));
}

/* -1: EINTR, an answer. */
static enum outcome
run_Ppoll(struct world *w)
{
	struct pollfd ready = { .fd = w->fd, .events = POLLIN };
	struct timespec limit = { .tv_sec = 1 };

	ARM(w->n = Ppoll(&ready, 1, &limit, NULL));
	if (w->n == -1)
		return FAILED;
	return SUCCEEDED(w->n == 1 && (ready.revents & POLLIN));
}

static enum outcome
run_Select(struct world *w)
{
	struct timeval limit = { .tv_sec = 1 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(w->fd, &set);
	ARM(w->n = Select(w->fd + 1, &set, NULL, NULL, &limit));
	return SUCCEEDED(w->n == 1 && FD_ISSET(w->fd, &set) &&
	    limit.tv_sec == 1);
}

static enum outcome
run_Pselect(struct world *w)
{
	struct timespec limit = { .tv_sec = 1 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(w->fd, &set);
	ARM(w->n = Pselect(w->fd + 1, &set, NULL, NULL, &limit, NULL));
	if (w->n == -1)
		return FAILED;
	return SUCCEEDED(w->n == 1 && FD_ISSET(w->fd, &set));
}

static enum outcome
run_Epoll_create1(struct world *w)
{
	ARM(w->got = Epoll_create1(EPOLL_CLOEXEC));
	return SUCCEEDED(w->got != -1);
}

static void
an_epoll(struct world *w)
{
	a_pair_of_data(w);
	w->other = epoll_create1(0);
}

static enum outcome
run_Epoll(struct world *w)
{
	struct epoll_event event = { .events = EPOLLIN }, ready = { 0 };

	ARM(Epoll_ctl(w->other, EPOLL_CTL_ADD, w->fd, &event);
	    w->n = Epoll_wait(w->other, &ready, 1, SECOND_MS));
	return SUCCEEDED(w->n == 1 && (ready.events & EPOLLIN));
}

const struct scenario socket_scenarios[] = {
	{ "Accept", a_listener, run_Accept, NULL, 0 },
	{ "Accept4", a_listener, run_Accept4, NULL, 0 },
	{ "Bind", a_socket, run_Bind, NULL, 0 },
	{ "Connect", a_server, run_Connect, connect_rules, 0 },
	{ "Connect, UNIX", a_unix_server, run_Connect, connect_unix_rules, 0 },
	{ "Getpeername", a_tcp_pair, run_Getpeername, NULL, 0 },
	{ "Getsockname", a_tcp_pair, run_Getsockname, NULL, 0 },
	{ "Getsockopt", a_socket, run_Getsockopt, NULL, 0 },
	{ "Setsockopt", a_socket, run_Setsockopt, NULL, 0 },
	{ "Listen", a_socket, run_Listen, NULL, 0 },
	{ "Shutdown", a_tcp_pair, run_Shutdown, NULL, 0 },
	{ "Sockatmark", a_tcp_pair, run_Sockatmark, NULL, 0 },
	{ "Socket", NULL, run_Socket, NULL, 0 },
	{ "Socketpair", NULL, run_Socketpair, NULL, 0 },
	{ "If_nametoindex", NULL, run_If_nametoindex, NULL, 0 },
	{ "If_indextoname", NULL, run_If_indextoname, NULL, 0 },
	{ "If_nameindex", NULL, run_If_nameindex, NULL, 0 },
	{ "Inet_ntop", NULL, run_Inet_ntop, NULL, 0 },
	{ "Inet_pton", NULL, run_Inet_pton, NULL, 0 },
	{ "Poll", a_pair_of_data, run_Poll, NULL, 0 },
	{ "Ppoll", a_pair_of_data, run_Ppoll, NULL, 0 },
	{ "Select", a_pair_of_data, run_Select, NULL, 0 },
	{ "Pselect", a_pair_of_data, run_Pselect, NULL, 0 },
	{ "Epoll_create1", NULL, run_Epoll_create1, NULL, 0 },
	{ "Epoll_ctl, Epoll_wait", an_epoll, run_Epoll, NULL, 0 },
	{ NULL, NULL, NULL, NULL, 0 }
};
