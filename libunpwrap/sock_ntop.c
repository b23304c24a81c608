/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <netinet/in.h>
#include <arpa/inet.h>
#include <net/if.h>

#include <errno.h>
#include <string.h>

/* A sockaddr may come at any alignment: it is copied out.  Returns 0, or -1:
 * EINVAL. */
static int
copy_out(void *into, size_t size, const struct sockaddr *addr, socklen_t len)
{
	if (!is_whole(len, size)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(into, addr, size);
	return 0;
}

static char *
text_inet(const struct sockaddr *addr, socklen_t len, char *text, size_t size,
    int with_port)
{
	char host[INET_ADDRSTRLEN];
	struct sockaddr_in sin;

	if (copy_out(&sin, sizeof(sin), addr, len) == -1)
		return NULL;
	if (inet_ntop(AF_INET, &sin.sin_addr, host, sizeof(host)) == NULL)
		return NULL;
	if (with_port && sin.sin_port != 0)
		snprintf(text, size, "%s:%d", host, ntohs(sin.sin_port));
	else
		snprintf(text, size, "%s", host);
	return text;
}

static char *
text_inet6(const struct sockaddr *addr, socklen_t len, char *text, size_t size,
    int with_port)
{
	char host[INET6_ADDRSTRLEN], zone[IF_NAMESIZE + 1] = "";
	struct sockaddr_in6 sin6;

	if (copy_out(&sin6, sizeof(sin6), addr, len) == -1)
		return NULL;
	if (inet_ntop(AF_INET6, &sin6.sin6_addr, host, sizeof(host)) == NULL)
		return NULL;
	if (sin6.sin6_scope_id != 0) {
		zone[0] = '%';
		if (if_indextoname(sin6.sin6_scope_id, zone + 1) == NULL)
			snprintf(zone, sizeof(zone), "%%%u",
			    (unsigned)sin6.sin6_scope_id);
	}
	if (with_port && sin6.sin6_port != 0)
		snprintf(text, size, "[%s%s]:%d", host, zone,
		    ntohs(sin6.sin6_port));
	else
		snprintf(text, size, "%s%s", host, zone);
	return text;
}

static int
is_all_null(const char *bytes, size_t n)
{
	while (n > 0 && bytes[n - 1] == '\0')
		n--;
	return n == 0;
}

/* The path need not end in a null byte; an abstract one (Linux) begins with
 * one, which is shown as '@', as other tools do. */
static char *
text_unix(const struct sockaddr *addr, socklen_t len, char *text, size_t size,
    int with_port)
{
	size_t n;
	const char *path = unix_path(addr, len, &n);

	(void)with_port;
	if (is_all_null(path, n))
		snprintf(text, size, "(no pathname bound)");
	else if (path[0] == '\0')
		snprintf(text, size, "@%.*s", (int)(n - 1), path + 1);
	else
		snprintf(text, size, "%.*s", (int)n, path);
	return text;
}

/* The book's words for a family that it does not know. */
static char *
text_unknown(const struct sockaddr *addr, socklen_t len, char *text,
    size_t size, int with_port)
{
	(void)with_port;
	snprintf(text, size, "sock_ntop: unknown AF_xxx: %d, len %u",
	    family_of(addr), (unsigned)len);
	return text;
}

static const struct family {
	int	 family;
	char	*(*text)(const struct sockaddr *, socklen_t, char *, size_t,
		    int);
} families[] = {
	{ AF_INET,	text_inet },
	{ AF_INET6,	text_inet6 },
	{ AF_UNIX,	text_unix },
	{ AF_UNSPEC,	text_unknown }	/* the last: any other */
};

static const struct family *
find_family(const struct sockaddr *addr)
{
	const struct family *f = families;

	while (f->family != family_of(addr) && f->text != text_unknown)
		f++;
	return f;
}

static char *
to_text(const struct sockaddr *addr, socklen_t len, char *text, size_t size,
    int with_port)
{
	if (!HAS_FAMILY(len)) {
		errno = EINVAL;
		return NULL;
	}
	return find_family(addr)->text(addr, len, text, size, with_port);
}

/* In a message the words for an unknown family would be out of place. */

const char *
message_address(const struct sockaddr *addr, socklen_t len,
    char text[ADDRESS_TEXT_MAX])
{
	int error = errno;

	if (to_text(addr, len, text, ADDRESS_TEXT_MAX, 1) == NULL ||
	    find_family(addr)->text == text_unknown)
		strcpy(text, "?");
	errno = error;
	return text;
}

char *
sock_ntop_r(const struct sockaddr *addr, socklen_t len, char *text,
    size_t size)
{
	char whole[ADDRESS_TEXT_MAX];

	if (to_text(addr, len, whole, sizeof(whole), 1) == NULL)
		return NULL;
	if (strlen(whole) >= size) {
		errno = ENOSPC;
		return NULL;
	}
	return strcpy(text, whole);
}
EXPORT(sock_ntop_r);

/* One buffer for both functions, as in the book: a call overwrites the last. */
static char *
to_own_text(const struct sockaddr *addr, socklen_t len, int with_port)
{
	static _Thread_local char text[ADDRESS_TEXT_MAX];

	return to_text(addr, len, text, sizeof(text), with_port);
}

char *
sock_ntop(const struct sockaddr *addr, socklen_t len)
{
	return to_own_text(addr, len, 1);
}
EXPORT(sock_ntop);

char *
Sock_ntop(const struct sockaddr *addr, socklen_t len)
{
	char *text = sock_ntop(addr, len);

	if (text == NULL)
		err_sys("sock_ntop error");
	return text;
}
EXPORT(Sock_ntop);

char *
sock_ntop_host(const struct sockaddr *addr, socklen_t len)
{
	return to_own_text(addr, len, 0);
}
EXPORT(sock_ntop_host);

char *
Sock_ntop_host(const struct sockaddr *addr, socklen_t len)
{
	char *text = sock_ntop_host(addr, len);

	if (text == NULL)
		err_sys("sock_ntop_host error");
	return text;
}
EXPORT(Sock_ntop_host);
