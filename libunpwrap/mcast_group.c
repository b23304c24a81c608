/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#ifdef HAVE_STRUCT_GROUP_REQ	/* otherwise mcast_group_old.c */

#include <netinet/in.h>

#include <errno.h>
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

static int
copy_address(struct sockaddr_storage *into, const struct sockaddr *addr,
    socklen_t len)
{
	if (len > sizeof(*into)) {
		errno = EINVAL;
		return -1;
	}
	memset(into, 0, sizeof(*into));
	memcpy(into, addr, len);
#ifdef HAVE_STRUCT_SOCKADDR_SA_LEN	/* setsockopt(2) does not set it */
	into->ss_len = (uint8_t)len;
#endif
	return 0;
}

static int
change_source(int fd, int level, const struct group_change *c, unsigned index)
{
	struct group_source_req request;

	memset(&request, 0, sizeof(request));	/* its padding too */
	if (copy_address(&request.gsr_source, c->source, c->source_len) == -1 ||
	    copy_address(&request.gsr_group, c->group, c->group_len) == -1)
		return -1;
	request.gsr_interface = index;
	return setsockopt(fd, level, options[c->what], &request,
	    sizeof(request));
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
	memset(&request, 0, sizeof(request));
	if (copy_address(&request.gr_group, c->group, c->group_len) == -1)
		return -1;
	request.gr_interface = index;
	return setsockopt(fd, level, options[c->what], &request,
	    sizeof(request));
}

#endif
