/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#ifdef HAVE_STRUCT_GROUP_REQ	/* otherwise mcast_group_old.c */

#include <netinet/in.h>

#include <string.h>

/*
 * By the protocol-independent options of RFC 3678.
 */

static const int options[] = {
	[GROUP_JOIN]		= MCAST_JOIN_GROUP,
	[GROUP_LEAVE]		= MCAST_LEAVE_GROUP,
	[SOURCE_JOIN]		= MCAST_JOIN_SOURCE_GROUP,
	[SOURCE_LEAVE]		= MCAST_LEAVE_SOURCE_GROUP,
	[SOURCE_BLOCK]		= MCAST_BLOCK_SOURCE,
	[SOURCE_UNBLOCK]	= MCAST_UNBLOCK_SOURCE,
};

static void
copy_address(struct sockaddr_storage *into, const struct sockaddr *addr)
{
	size_t size = group_address_size(addr);

	memset(into, 0, sizeof(*into));
	memcpy(into, addr, size);
#ifdef HAVE_STRUCT_SOCKADDR_SA_LEN	/* setsockopt(2) does not set it */
	into->ss_len = (uint8_t)size;
#endif
}

static int
change_source(int fd, int level, const struct group_change *c, unsigned index)
{
	struct group_source_req request;

	memset(&request, 0, sizeof(request));	/* its padding too */
	copy_address(&request.gsr_source, c->source);
	copy_address(&request.gsr_group, c->group);
	request.gsr_interface = index;
	return setsockopt(fd, level, options[c->what], &request,
	    sizeof(request));
}

/* By the options of RFC 3678, macOS and FreeBSD choose no interface. */
static int
join_anywhere(int fd, int level, const struct group_change *c)
{
	static const struct in_addr any = { INADDR_ANY };

	return level == IPPROTO_IPV6 ? inet6_membership(fd, c, 0) :
	    inet_membership(fd, c, any);
}

int
group_change(int fd, const struct group_change *c, unsigned index)
{
	int level = family_to_level(family_of(c->group));
	struct group_req request;

	if (level == -1)
		return -1;
	if (c->source != NULL)
		return change_source(fd, level, c, index);
	if (c->what == GROUP_JOIN && index == 0)
		return join_anywhere(fd, level, c);
	memset(&request, 0, sizeof(request));
	copy_address(&request.gr_group, c->group);
	request.gr_interface = index;
	return setsockopt(fd, level, options[c->what], &request,
	    sizeof(request));
}

#endif
