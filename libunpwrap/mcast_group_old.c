/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#ifndef HAVE_STRUCT_GROUP_REQ	/* NetBSD, OpenBSD */

#include <netinet/in.h>
#include <net/if.h>

#include <errno.h>
#include <ifaddrs.h>
#include <string.h>

/*
 * By the older options, of which each family has its own, and which cannot name
 * a source.
 */

/* IPv4 names an interface by its address.  Returns 0, or -1: EADDRNOTAVAIL. */
static int
interface_address(unsigned index, struct in_addr *addr)
{
	char name[IF_NAMESIZE];
	struct ifaddrs *all, *ifa;

	addr->s_addr = INADDR_ANY;	/* the system's choice */
	if (index == 0)
		return 0;
	if (if_indextoname(index, name) == NULL || getifaddrs(&all) == -1)
		return -1;
	for (ifa = all; ifa != NULL; ifa = ifa->ifa_next)
		if (ifa->ifa_addr != NULL && strcmp(ifa->ifa_name, name) == 0 &&
		    family_of(ifa->ifa_addr) == AF_INET)
			break;
	if (ifa != NULL)
		memcpy(addr, (const char *)ifa->ifa_addr +
		    offsetof(struct sockaddr_in, sin_addr), sizeof(*addr));
	freeifaddrs(all);
	if (ifa != NULL)
		return 0;
	errno = EADDRNOTAVAIL;
	return -1;
}

static int
change_inet(int fd, const struct group_change *c, unsigned index)
{
	struct ip_mreq request;
	struct sockaddr_in sin;

	memcpy(&sin, c->group, sizeof(sin));
	request.imr_multiaddr = sin.sin_addr;
	if (interface_address(index, &request.imr_interface) == -1)
		return -1;
	return setsockopt(fd, IPPROTO_IP, c->what == GROUP_JOIN ?
	    IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &request, sizeof(request));
}

static int
change_inet6(int fd, const struct group_change *c, unsigned index)
{
	struct ipv6_mreq request;
	struct sockaddr_in6 sin6;

	memcpy(&sin6, c->group, sizeof(sin6));
	request.ipv6mr_multiaddr = sin6.sin6_addr;
	request.ipv6mr_interface = index;
	return setsockopt(fd, IPPROTO_IPV6, c->what == GROUP_JOIN ?
	    IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP, &request, sizeof(request));
}

int
group_change(int fd, const struct group_change *c, unsigned index)
{
	int level = family_to_level(family_of(c->group));

	if (level == -1)
		return -1;
	if (c->source != NULL) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if (c->group_len > sizeof(struct sockaddr_storage) ||
	    c->group_len < (level == IPPROTO_IPV6 ?
	    sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in))) {
		errno = EINVAL;
		return -1;
	}
	return level == IPPROTO_IPV6 ? change_inet6(fd, c, index) :
	    change_inet(fd, c, index);
}

#endif
