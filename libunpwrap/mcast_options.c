/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <netinet/in.h>
#include <net/if.h>

#include <errno.h>
#include <string.h>

/*
 * A socket's own multicast traffic: TTL or hop limit, loopback, interface.
 * Each has a name for each family, and IPv4's take a byte where IPv6's take an
 * int.
 */
struct option {
	int	 family;
	int	 level;
	int	 name;
};

static const struct option loops[] = {
	{ AF_INET,	IPPROTO_IP,	IP_MULTICAST_LOOP },
	{ AF_INET6,	IPPROTO_IPV6,	IPV6_MULTICAST_LOOP },
	{ AF_UNSPEC,	0,		0 }
};

static const struct option ttls[] = {
	{ AF_INET,	IPPROTO_IP,	IP_MULTICAST_TTL },
	{ AF_INET6,	IPPROTO_IPV6,	IPV6_MULTICAST_HOPS },
	{ AF_UNSPEC,	0,		0 }
};

static const struct option *
option_of(int fd, const struct option *options)
{
	int family = sockfd_to_family(fd);

	if (family == -1)
		return NULL;
	for (; options->family != AF_UNSPEC; options++)
		if (options->family == family)
			return options;
	errno = EAFNOSUPPORT;
	return NULL;
}

static int
get_option(int fd, const struct option *options)
{
	const struct option *option = option_of(fd, options);
	unsigned char byte = 0;
	int value = 0;
	socklen_t len;

	if (option == NULL)
		return -1;
	if (option->family == AF_INET6) {
		len = sizeof(value);
		if (getsockopt(fd, option->level, option->name, &value,
		    &len) == -1)
			return -1;
		return value;
	}
	len = sizeof(byte);
	if (getsockopt(fd, option->level, option->name, &byte, &len) == -1)
		return -1;
	return byte;
}

static int
set_option(int fd, const struct option *options, int value)
{
	const struct option *option = option_of(fd, options);
	unsigned char byte = (unsigned char)value;

	if (option == NULL)
		return -1;
	if (value < 0 || value > 255) {	/* -1 is "the default" to IPv6 */
		errno = EINVAL;
		return -1;
	}
	if (option->family == AF_INET6)
		return setsockopt(fd, option->level, option->name, &value,
		    sizeof(value));
	return setsockopt(fd, option->level, option->name, &byte,
	    sizeof(byte));
}

int
mcast_get_loop(int fd)
{
	return get_option(fd, loops);
}
EXPORT(mcast_get_loop);

int
mcast_set_loop(int fd, int on)
{
	return set_option(fd, loops, on != 0);
}
EXPORT(mcast_set_loop);

int
mcast_get_ttl(int fd)
{
	return get_option(fd, ttls);
}
EXPORT(mcast_get_ttl);

int
mcast_set_ttl(int fd, int ttl)
{
	return set_option(fd, ttls, ttl);
}
EXPORT(mcast_set_ttl);

/* For an interface set by its index IPv4 returns the interface's address, or,
 * if it has none, on Linux 0.0.0.0: there is no index to get. */
int
mcast_get_if(int fd)
{
	int family = sockfd_to_family(fd);
	unsigned index = 0;
	socklen_t len = sizeof(index);

	if (family == -1)
		return -1;
	if (family != AF_INET6) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	if (getsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, &len) ==
	    -1)
		return -1;
	return (int)index;
}
EXPORT(mcast_get_if);

static int
set_interface(int fd, int family, unsigned index)
{
	if (family == AF_INET6)
		return setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index,
		    sizeof(index));
#ifdef HAVE_STRUCT_IP_MREQN
	struct ip_mreqn request;

	memset(&request, 0, sizeof(request));
	request.imr_ifindex = (int)index;
	return setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &request,
	    sizeof(request));
#else
	errno = EOPNOTSUPP;
	return -1;
#endif
}

int
mcast_set_if(int fd, const char *name, unsigned number)
{
	int family = sockfd_to_family(fd);

	if (family == -1)
		return -1;
	if (family != AF_INET && family != AF_INET6) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	if (number == 0 && name == NULL) {
		errno = EINVAL;
		return -1;
	}
	if (interface_index(name, number, &number) == -1)
		return -1;
	return set_interface(fd, family, number);
}
EXPORT(mcast_set_if);
