/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <arpa/inet.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#define NSEC_PER_USEC	1000
#define USEC_PER_SEC	1000000
#define LONGEST_SEC	1000000000	/* 31 years are for ever */

/* An address for a message; "?" where it has no text. */
struct text {
	char	 text[ADDRESS_TEXT_MAX];
};

static const char *
text(struct text *into, const struct sockaddr *addr, socklen_t len)
{
	int error = errno;
	const char *str = address_text(addr, len, into->text,
	    sizeof(into->text));

	errno = error;
	return str != NULL ? str : "?";
}

int
Accept(int fd, struct sockaddr *addr, socklen_t *len)
{
	socklen_t room = len != NULL ? *len : 0;
	int connected;

	do {
		if (len != NULL)
			*len = room;
		connected = accept(fd, addr, len);
	} while (connected == -1 && (errno == EINTR ||
	    errno == ECONNABORTED || errno == EPROTO));
	if (connected == -1)
		err_sys("accept error");
	return connected;
}
EXPORT(Accept);

void
Bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	struct text to;

	if (bind(fd, addr, len) == -1)
		err_sys("bind error on %s", text(&to, addr, len));
}
EXPORT(Bind);

void
Connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	struct text to;

	if (connect_robust(fd, addr, len) == -1)
		err_sys("connect error to %s", text(&to, addr, len));
}
EXPORT(Connect);

void
Getpeername(int fd, struct sockaddr *addr, socklen_t *len)
{
	if (getpeername(fd, addr, len) == -1)
		err_sys("getpeername error");
}
EXPORT(Getpeername);

void
Getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	if (getsockname(fd, addr, len) == -1)
		err_sys("getsockname error");
}
EXPORT(Getsockname);

void
Getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	if (getsockopt(fd, level, name, value, len) == -1)
		err_sys("getsockopt error");
}
EXPORT(Getsockopt);

const char *
Inet_ntop(int family, const void *addr, char *str, size_t size)
{
	const char *out;

	if (str == NULL)
		err_quit("inet_ntop error: no buffer");
	if (size > INT_MAX)	/* socklen_t may be narrower than size_t */
		size = INT_MAX;
	out = inet_ntop(family, addr, str, (socklen_t)size);
	if (out == NULL)
		err_sys("inet_ntop error");
	return out;
}
EXPORT(Inet_ntop);

void
Inet_pton(int family, const char *str, void *addr)
{
	switch (inet_pton(family, str, addr)) {
	case 1:
		return;
	case 0:
		err_quit("inet_pton error: \"%s\" is not an address", str);
	default:
		err_sys("inet_pton error for \"%s\"", str);
	}
}
EXPORT(Inet_pton);

static int
backlog_from_environment(int backlog)
{
	const char *value = getenv("LISTENQ");
	char *end;
	long number;

	if (value == NULL || value[0] == '\0')
		return backlog;
	errno = 0;
	number = strtol(value, &end, 10);
	if (errno != 0 || *end != '\0' || number < 0 || number > INT_MAX)
		err_quit("listen error: LISTENQ=\"%s\" is no backlog", value);
	return (int)number;
}

void
Listen(int fd, int backlog)
{
	if (listen(fd, backlog_from_environment(backlog)) == -1)
		err_sys("listen error");
}
EXPORT(Listen);

int
Poll(struct pollfd *fds, unsigned long n, int timeout)
{
	int64_t end = timeout > 0 ? monotonic_ms() + timeout : 0;
	int64_t left;
	int ready;

	while ((ready = poll(fds, (nfds_t)n, timeout)) == -1) {
		if (errno != EINTR)
			err_sys("poll error");
		if (timeout > 0) {
			left = end - monotonic_ms();
			timeout = left > 0 ? (int)left : 0;
		}
	}
	return ready;
}
EXPORT(Poll);

ssize_t
Recv(int fd, void *buf, size_t n, int flags)
{
	ssize_t got;

	do
		got = recv(fd, buf, n, flags);
	while (got == -1 && errno == EINTR);
	if (got == -1)
		err_sys("recv error");
	return got;
}
EXPORT(Recv);

/* pselect, which leaves its timeout alone on every system, and restarts from
 * the time that is left.  POSIX: a failed call has not touched the sets. */
int
Select(int nfds, fd_set *readable, fd_set *writable, fd_set *except,
    struct timeval *timeout)
{
	struct timespec left;
	int64_t end = 0, now;
	int ready;

	if (timeout != NULL) {
		left.tv_sec = timeout->tv_sec < LONGEST_SEC ? timeout->tv_sec :
		    LONGEST_SEC;
		/* Linux' select(2) takes a second and more in tv_usec. */
		left.tv_sec += timeout->tv_usec / USEC_PER_SEC;
		left.tv_nsec = (long)(timeout->tv_usec % USEC_PER_SEC) *
		    NSEC_PER_USEC;
		end = monotonic_ms() + (int64_t)left.tv_sec * 1000 +
		    left.tv_nsec / 1000000;
	}
	while ((ready = pselect(nfds, readable, writable, except,
	    timeout != NULL ? &left : NULL, NULL)) == -1) {
		if (errno != EINTR)
			err_sys("select error");
		if (timeout == NULL)
			continue;
		now = monotonic_ms();
		left.tv_sec = end > now ? (time_t)((end - now) / 1000) : 0;
		left.tv_nsec = end > now ? (long)((end - now) % 1000) * 1000000
		    : 0;
	}
	return ready;
}
EXPORT(Select);

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL	0
#endif

void
Send(int fd, const void *buf, size_t n, int flags)
{
	struct sigpipe held;
	size_t done = 0;
	ssize_t some;

	if (MSG_NOSIGNAL == 0)
		sigpipe_hold(&held);
	do {
		some = send(fd, (const char *)buf + done, n - done,
		    flags | MSG_NOSIGNAL);
		if (some > 0)
			done += (size_t)some;
	} while (some == -1 ? errno == EINTR : done < n);
	if (MSG_NOSIGNAL == 0)
		sigpipe_release(&held, some == -1 && errno == EPIPE);
	if (some == -1)
		err_sys("send error");
}
EXPORT(Send);

void
Setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	if (setsockopt(fd, level, name, value, len) == -1)
		err_sys("setsockopt error");
}
EXPORT(Setsockopt);

void
Shutdown(int fd, int how)
{
	if (shutdown(fd, how) == -1)
		err_sys("shutdown error");
}
EXPORT(Shutdown);

int
Socket(int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);

	if (fd == -1)
		err_sys("socket error");
	return fd;
}
EXPORT(Socket);
