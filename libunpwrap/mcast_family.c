/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <netinet/in.h>

#include <string.h>

/*
 * What the families do not share: the size of an address, and the options for
 * the membership of a group that all systems have, and that cannot name a
 * source.
 */

size_t
group_address_size(const struct sockaddr *addr)
{
	return family_of(addr) == AF_INET6 ? sizeof(struct sockaddr_in6) :
	    sizeof(struct sockaddr_in);
}

int
inet_membership(int fd, const struct group_change *c, struct in_addr interface)
{
	struct ip_mreq request;
	struct sockaddr_in sin;

	memcpy(&sin, c->group, sizeof(sin));
	request.imr_multiaddr = sin.sin_addr;
	request.imr_interface = interface;
	return setsockopt(fd, IPPROTO_IP, c->what == GROUP_JOIN ?
	    IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &request, sizeof(request));
}

int
inet6_membership(int fd, const struct group_change *c, unsigned index)
{
	struct ipv6_mreq request;
	struct sockaddr_in6 sin6;

	memcpy(&sin6, c->group, sizeof(sin6));
	request.ipv6mr_multiaddr = sin6.sin6_addr;
	request.ipv6mr_interface = index;
	return setsockopt(fd, IPPROTO_IPV6, c->what == GROUP_JOIN ?
	    IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP, &request, sizeof(request));
}
