/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <arpa/inet.h>
#include <net/if.h>

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

int
Accept(int fd, struct sockaddr *addr, socklen_t *len)
{
	socklen_t room = len != NULL ? *len : 0;
	int connected;

	do {
		if (len != NULL)
			*len = room;
		connected = accept(fd, addr, len);
	} while (connected == -1 && accept_again());
	if (connected == -1)
		err_sys("accept error");
	return connected;
}
EXPORT(Accept);

#ifdef HAVE_ACCEPT4

int
Accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
	socklen_t room = len != NULL ? *len : 0;
	int connected;

	do {
		if (len != NULL)
			*len = room;
		connected = accept4(fd, addr, len, flags);
	} while (connected == -1 && accept_again());
	if (connected == -1)
		err_sys("accept4 error");
	return connected;
}
EXPORT(Accept4);

#endif

void
Bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	char text[ADDRESS_TEXT_MAX];

	if (bind(fd, addr, len) == -1)
		err_sys("bind error on %s", message_address(addr, len, text));
}
EXPORT(Bind);

void
Connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	char text[ADDRESS_TEXT_MAX];

	if (connect_robust(fd, addr, len) == -1)
		err_sys("connect error to %s", message_address(addr, len,
		    text));
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

ssize_t
Recv(int fd, void *buf, size_t n, int flags)
{
	ssize_t got;

	do
		got = recv(fd, buf, one_call(n), flags);
	while (got == -1 && errno == EINTR);
	if (got == -1)
		err_sys("recv error");
	return got;
}
EXPORT(Recv);

void
Send(int fd, const void *buf, size_t n, int flags)
{
	size_t done = 0;
	ssize_t some;

	do {
		some = send_quietly(fd, (const char *)buf + done,
		    one_call(n - done), flags);
		if (some > 0)
			done += (size_t)some;
	} while (some == -1 ? errno == EINTR : done < n);
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

int
Sockatmark(int fd)
{
	int at = sockatmark(fd);

	if (at == -1)
		err_sys("sockatmark error");
	return at;
}
EXPORT(Sockatmark);

void
Socketpair(int family, int type, int protocol, int fds[2])
{
	if (socketpair(family, type, protocol, fds) == -1)
		err_sys("socketpair error");
}
EXPORT(Socketpair);

unsigned
If_nametoindex(const char *name)
{
	unsigned index = if_nametoindex(name);

	if (index == 0)
		err_sys("if_nametoindex error for %s", name);
	return index;
}
EXPORT(If_nametoindex);

char *
If_indextoname(unsigned index, char *name)
{
	if (if_indextoname(index, name) == NULL)
		err_sys("if_indextoname error for %u", index);
	return name;
}
EXPORT(If_indextoname);

struct if_nameindex *
If_nameindex(void)
{
	struct if_nameindex *all = if_nameindex();

	if (all == NULL)
		err_sys("if_nameindex error");
	return all;
}
EXPORT(If_nameindex);
