/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "event.h"
#include "model.h"
#include "poller.h"

#include <errno.h>

#ifdef HAVE_SYS_EPOLL_H

#include <sys/epoll.h>

#include <stdlib.h>
#include <unistd.h>

struct poller {
	int			 fd;
	struct epoll_event	 events[READY_MAX];
};

static struct poller *
epoll_open(void)
{
	struct poller *p = malloc(sizeof(*p));

	if (p == NULL)
		return NULL;
	p->fd = epoll_create1(EPOLL_CLOEXEC);
	if (p->fd != -1)
		return p;
	free(p);
	return NULL;
}

static void
epoll_close(struct poller *p)
{
	close(p->fd);
	free(p);
}

/* EPOLLIN and the others have the values of POLLIN and the others. */
static int
control(struct poller *p, int operation, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(p->fd, operation, fd, &event);
}

/* Edge-triggered: otherwise the kernel looks at each descriptor that it told a
 * second time, to find that it is not ready any more.  EPOLLPRI: recv(2) stops
 * at TCP's urgent mark. */
static uint32_t
edges(int events)
{
	return (uint32_t)events | EPOLLET |
	    (events & POLLIN ? EPOLLRDHUP | EPOLLPRI : 0U);
}

static int
epoll_add(struct poller *p, int fd, int events)
{
	return control(p, EPOLL_CTL_ADD, fd, edges(events));
}

static int
epoll_change(struct poller *p, int fd, int events)
{
	return control(p, EPOLL_CTL_MOD, fd, edges(events));
}

static int
epoll_add_shared(struct poller *p, int fd, int events)
{
	return control(p, EPOLL_CTL_ADD, fd,
	    (uint32_t)events | EPOLLEXCLUSIVE);
}

static void
epoll_remove(struct poller *p, int fd)
{
	control(p, EPOLL_CTL_DEL, fd, 0);
}

/* The kernel forgets a descriptor that is closed. */
static void
epoll_forget(struct poller *p, int fd)
{
	(void)p, (void)fd;
}

static int
epoll_wait_ready(struct poller *p, struct ready ready[READY_MAX],
    int timeout_ms)
{
	int n = epoll_wait(p->fd, p->events, READY_MAX, timeout_ms);

	for (int i = 0; i < n; i++) {
		ready[i].fd = p->events[i].data.fd;
		ready[i].events = (int)p->events[i].events;
		if (p->events[i].events & EPOLLRDHUP)
			ready[i].events |= POLLHUP;
	}
	return n;
}

static const struct poller_ops ops = {
	.open = epoll_open,
	.close = epoll_close,
	.add = epoll_add,
	.change = epoll_change,
	.add_shared = epoll_add_shared,
	.remove = epoll_remove,
	.forget = epoll_forget,
	.wait = epoll_wait_ready
};

int
probe_epoll(char why[WHY_MAX])
{
	(void)why;
	return 0;
}

int
serve_epoll(struct server *server)
{
	return serve_events(server, &ops);
}

#else

int
probe_epoll(char why[WHY_MAX])
{
	return refuse(why, "only Linux has it");
}

int
serve_epoll(struct server *server)
{
	(void)server;
	return 1;
}

#endif
