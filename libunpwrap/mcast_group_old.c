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
 * By the older options, which name no sources.
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

int
group_change(int fd, const struct group_change *c, unsigned index)
{
	int level = family_to_level(family_of(c->group));
	struct in_addr interface;

	if (level == -1)
		return -1;
	if (c->source != NULL) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if (level == IPPROTO_IPV6)
		return inet6_membership(fd, c, index);
	if (interface_address(index, &interface) == -1)
		return -1;
	return inet_membership(fd, c, interface);
}

#endif
