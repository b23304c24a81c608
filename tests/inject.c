/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * A library to preload into a server under test: calls fail that the system
 * rarely lets fail.  By the environment:
 *
 * INJECT_ACCEPT=ERROR:N	the first N accept(2) of each process fail
 * INJECT_FORK=ERROR:N	so do N fork(2) or clone3(2) after the first one, which
 *			makes the worker: a child goes on with the count of its
 *			parent
 * INJECT_LISTEN=ERROR:N
 *			so do N additions of a listener to an epoll(7) after the
 *			first three: with two listeners, the second of them
 *			fails when both are added once more
 * INJECT_HASTE=N	the monotonic clock goes N times as fast, and poll(2)
 *			waits an Nth of its time; 0: the clock stands still
 * INJECT_PROBE=1	says "injected" on standard error at the start
 *
 * ERROR is the name of an errno value, or "crash": the process ends by SIGKILL.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* RTLD_NEXT */
#endif
#ifdef __linux__
#include <sys/epoll.h>
#endif
#include <sys/socket.h>
#include <sys/syscall.h>

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CRASH	(-1)
/* The build hides what is not marked. */
#define INSTEAD	__attribute__((__visibility__("default")))

static int
error_of(const char *name, size_t len)
{
	static const struct {
		const char	*name;
		int		 error;
	} errors[] = {
		{ "EAGAIN",	EAGAIN },
		{ "ECONNABORTED", ECONNABORTED },
		{ "EINTR",	EINTR },
		{ "EMFILE",	EMFILE },
		{ "ENETDOWN",	ENETDOWN },
		{ "ENFILE",	ENFILE },
		{ "ENOBUFS",	ENOBUFS },
		{ "ENOMEM",	ENOMEM },
		{ "EPROTO",	EPROTO },
		{ "crash",	CRASH },
	};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strlen(errors[i].name) == len &&
		    memcmp(errors[i].name, name, len) == 0)
			return errors[i].error;
	abort();	/* the test is wrong */
}

/* Whether this call, so many behind the first of the process, is to fail. */
static int
fails(const char *variable, int call)
{
	const char *value = getenv(variable), *colon;
	int error;

	if (value == NULL || (colon = strchr(value, ':')) == NULL ||
	    call < 0 || call >= atoi(colon + 1))
		return 0;
	error = error_of(value, (size_t)(colon - value));
	if (error == CRASH)
		raise(SIGKILL);
	errno = error;
	return 1;
}

static int
next_accept(void)
{
	static int calls;

	return fails("INJECT_ACCEPT", calls++);
}

INSTEAD int
accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
	int (*real)(int, struct sockaddr *, socklen_t *, int);

	if (next_accept())
		return -1;
	*(void **)&real = dlsym(RTLD_NEXT, "accept4");
	return real(fd, addr, len, flags);
}

INSTEAD int
accept(int fd, struct sockaddr *addr, socklen_t *len)
{
	int (*real)(int, struct sockaddr *, socklen_t *);

	if (next_accept())
		return -1;
	*(void **)&real = dlsym(RTLD_NEXT, "accept");
	return real(fd, addr, len);
}

static int
next_fork(void)
{
	static int calls;

	return fails("INJECT_FORK", calls++ - 1);
}

INSTEAD pid_t
fork(void)
{
	pid_t (*real)(void);

	if (next_fork())
		return -1;
	*(void **)&real = dlsym(RTLD_NEXT, "fork");
	return real();
}

#ifdef SYS_clone3	/* has no function of its own */
INSTEAD long
syscall(long number, ...)
{
	long (*real)(long, ...), arg[6];
	va_list args;

	if (number == SYS_clone3 && next_fork())
		return -1;
	va_start(args, number);
	for (int i = 0; i < 6; i++)
		arg[i] = va_arg(args, long);
	va_end(args);
	*(void **)&real = dlsym(RTLD_NEXT, "syscall");
	return real(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}
#endif

#ifdef __linux__	/* listeners are those that are shared */
INSTEAD int
epoll_ctl(int epfd, int operation, int fd, struct epoll_event *event)
{
	int (*real)(int, int, int, struct epoll_event *);
	static int calls;

	if (operation == EPOLL_CTL_ADD &&
	    (event->events & EPOLLEXCLUSIVE) != 0 &&
	    fails("INJECT_LISTEN", calls++ - 3))
		return -1;
	*(void **)&real = dlsym(RTLD_NEXT, "epoll_ctl");
	return real(epfd, operation, fd, event);
}
#endif

static int
haste(void)
{
	const char *value = getenv("INJECT_HASTE");

	return value != NULL ? atoi(value) : 1;
}

INSTEAD int
clock_gettime(clockid_t clock, struct timespec *now)
{
	int (*real)(clockid_t, struct timespec *), result;
	long long ns;

	*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	result = real(clock, now);
	if (result == 0 && clock == CLOCK_MONOTONIC && haste() != 1) {
		ns = (now->tv_sec * 1000000000LL + now->tv_nsec) * haste();
		now->tv_sec = ns / 1000000000;
		now->tv_nsec = ns % 1000000000;
	}
	return result;
}

INSTEAD int
poll(struct pollfd *fds, nfds_t n, int timeout)
{
	int (*real)(struct pollfd *, nfds_t, int);

	if (timeout > 0 && haste() > 0)
		timeout = (timeout + haste() - 1) / haste();
	*(void **)&real = dlsym(RTLD_NEXT, "poll");
	return real(fds, n, timeout);
}

static void __attribute__((__constructor__))
probe(void)
{
	ssize_t n;

	if (getenv("INJECT_PROBE") == NULL)
		return;
	n = write(STDERR_FILENO, "injected\n", 9);
	(void)n;
}
