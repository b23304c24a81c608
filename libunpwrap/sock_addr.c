/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <sys/un.h>

#include <netinet/in.h>

#include <errno.h>
#include <string.h>

/*
 * Parts of a socket address, whatever its family.  The address is the caller's
 * and may lie at any alignment: parts are copied, not pointed to.
 */
static const struct part {
	int	 family;
	size_t	 addr, addr_size;	/* the address in it */
	size_t	 port;			/* the port, or NO_PORT */
	size_t	 least;			/* length of it */
} parts[] = {
#define NO_PORT	((size_t)-1)
	{ AF_INET, offsetof(struct sockaddr_in, sin_addr),
	    sizeof(struct in_addr), offsetof(struct sockaddr_in, sin_port),
	    sizeof(struct sockaddr_in) },
	{ AF_INET6, offsetof(struct sockaddr_in6, sin6_addr),
	    sizeof(struct in6_addr), offsetof(struct sockaddr_in6, sin6_port),
	    sizeof(struct sockaddr_in6) },
	{ AF_UNIX, offsetof(struct sockaddr_un, sun_path), 0, NO_PORT,
	    offsetof(struct sockaddr_un, sun_path) },
};

/* The book's programs pass sizeof(struct sockaddr) as the length of a complete
 * IPv6 address. */
int
is_whole(socklen_t len, size_t size)
{
	return len >= size || len == sizeof(struct sockaddr);
}

int
family_of(const struct sockaddr *addr)
{
	sa_family_t family;

	memcpy(&family, (const char *)addr +
	    offsetof(struct sockaddr, sa_family), sizeof(family));
	return family;
}

const char *
unix_path(const struct sockaddr *addr, socklen_t len, size_t *n)
{
	const size_t start = offsetof(struct sockaddr_un, sun_path);

	if (len > sizeof(struct sockaddr_un))
		len = sizeof(struct sockaddr_un);
	*n = len > start ? len - start : 0;
	return (const char *)addr + start;
}

/* NULL: EAFNOSUPPORT, or EINVAL if the address is too short for its family. */
static const struct part *
part_of(const struct sockaddr *sa, socklen_t len)
{
	int family;

	if (!HAS_FAMILY(len)) {
		errno = EINVAL;
		return NULL;
	}
	family = family_of(sa);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].family != family)
			continue;
		if (is_whole(len, parts[i].least))
			return &parts[i];
		errno = EINVAL;
		return NULL;
	}
	errno = EAFNOSUPPORT;
	return NULL;
}

/* An abstract name (Linux) begins with a null byte, and is all of len. */
static int
cmp_path(const struct sockaddr *a, const struct sockaddr *b, socklen_t len)
{
	size_t n;
	const char *one = unix_path(a, len, &n), *other = unix_path(b, len, &n);

	if (n > 0 && one[0] != '\0')
		return strncmp(one, other, n);
	return memcmp(one, other, n);
}

int
sock_cmp_addr(const struct sockaddr *a, const struct sockaddr *b,
    socklen_t len)
{
	const struct part *part = part_of(a, len);

	if (part == NULL || family_of(a) != family_of(b))
		return -1;
	if (part->family == AF_UNIX)
		return cmp_path(a, b, len);
	return memcmp((const char *)a + part->addr,
	    (const char *)b + part->addr, part->addr_size);
}
EXPORT(sock_cmp_addr);

/* As the book's: in network byte order, as it stands in the address. */
int
sock_get_port(const struct sockaddr *addr, socklen_t len)
{
	const struct part *part = part_of(addr, len);
	in_port_t port;

	if (part == NULL)
		return -1;
	if (part->port == NO_PORT) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	memcpy(&port, (const char *)addr + part->port, sizeof(port));
	return port;
}
EXPORT(sock_get_port);

int
sock_cmp_port(const struct sockaddr *a, const struct sockaddr *b,
    socklen_t len)
{
	int port = sock_get_port(a, len);

	if (port == -1 || family_of(a) != family_of(b))
		return -1;
	return port == sock_get_port(b, len) ? 0 : 1;
}
EXPORT(sock_cmp_port);

void
sock_set_addr(struct sockaddr *addr, socklen_t len, const void *value)
{
	const struct part *part = part_of(addr, len);

	if (part != NULL)
		memcpy((char *)addr + part->addr, value, part->addr_size);
}
EXPORT(sock_set_addr);

void
sock_set_port(struct sockaddr *addr, socklen_t len, int port)
{
	const struct part *part = part_of(addr, len);
	in_port_t raw = (in_port_t)port;

	if (part != NULL && part->port != NO_PORT)
		memcpy((char *)addr + part->port, &raw, sizeof(raw));
}
EXPORT(sock_set_port);

void
sock_set_wild(struct sockaddr *addr, socklen_t len)
{
	static const char any[sizeof(struct in6_addr)];	/* :: and 0.0.0.0 */

	sock_set_addr(addr, len, any);
}
EXPORT(sock_set_wild);

int
sock_bind_wild(int fd, int family)
{
	struct sockaddr_storage addr;
	socklen_t len = family == AF_INET6 ? sizeof(struct sockaddr_in6) :
	    sizeof(struct sockaddr_in);

	if (family != AF_INET && family != AF_INET6) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	memset(&addr, 0, sizeof(addr));
	addr.ss_family = (sa_family_t)family;
	if (bind(fd, (struct sockaddr *)&addr, len) == -1)
		return -1;
	len = sizeof(addr);
	if (getsockname(fd, (struct sockaddr *)&addr, &len) == -1)
		return -1;
	return sock_get_port((struct sockaddr *)&addr, len);
}
EXPORT(sock_bind_wild);

int
Sock_bind_wild(int fd, int family)
{
	int port = sock_bind_wild(fd, family);

	if (port == -1)
		err_sys("sock_bind_wild error");
	return port;
}
EXPORT(Sock_bind_wild);

int
sockfd_to_family(int fd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	if (getsockname(fd, (struct sockaddr *)&addr, &len) == -1)
		return -1;
	return addr.ss_family;
}
EXPORT(sockfd_to_family);

int
Sockfd_to_family(int fd)
{
	int family = sockfd_to_family(fd);

	if (family == -1)
		err_sys("sockfd_to_family error");
	return family;
}
EXPORT(Sockfd_to_family);

int
family_to_level(int family)
{
	switch (family) {
	case AF_INET:
		return IPPROTO_IP;
	case AF_INET6:
		return IPPROTO_IPV6;
	default:
		errno = EAFNOSUPPORT;
		return -1;
	}
}
EXPORT(family_to_level);

int
Family_to_level(int family)
{
	int level = family_to_level(family);

	if (level == -1)
		err_sys("family_to_level error for family %d", family);
	return level;
}
EXPORT(Family_to_level);
