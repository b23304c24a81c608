/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <net/if.h>

#include <errno.h>

/*
 * Groups and sources, by what mcast_group.c or mcast_group_old.c does on one
 * interface.
 */

int
interface_index(const char *name, unsigned number, unsigned *index)
{
	char found[IF_NAMESIZE];
	int exists = 1;

	*index = number;
	if (number > 0) {
		exists = if_indextoname(number, found) != NULL;
	} else if (name != NULL) {
		*index = if_nametoindex(name);
		exists = *index != 0;
	}
	if (!exists && errno == ENODEV)
		errno = ENXIO;	/* POSIX's; Linux has the other one */
	return exists ? 0 : -1;
}

/* A shorter address would be that of another group. */
static int
is_address(const struct sockaddr *addr, socklen_t len)
{
	if (len <= sizeof(struct sockaddr_storage) &&
	    is_whole(len, group_address_size(addr)))
		return 1;
	errno = EINVAL;
	return 0;
}

static int
has_addresses(const struct group_change *c)
{
	return is_address(c->group, c->group_len) && (c->source == NULL ||
	    is_address(c->source, c->source_len));
}

/* Does errno from setsockopt(2) say: no such membership on this interface? */
static int
is_elsewhere(void)
{
	return errno == EADDRNOTAVAIL || errno == EINVAL || errno == ENODEV;
}

/* Changes a membership on whatever interface it is.  To Linux interface 0 is
 * the one that the group is routed to; it does not look further. */
static int
change_anywhere(int fd, const struct group_change *c)
{
	struct if_nameindex *all;
	int result, error;

	if (!has_addresses(c))
		return -1;
	result = group_change(fd, c, 0);
	error = errno;
	if (result == 0 || !is_elsewhere())
		return result;
	all = if_nameindex();
	if (all == NULL)
		return -1;
	for (size_t i = 0; result == -1 && all[i].if_index != 0; i++) {
		result = group_change(fd, c, all[i].if_index);
		if (result == -1 && !is_elsewhere())
			error = errno;
	}
	if_freenameindex(all);
	errno = error;
	return result;
}

/* On the interface of that index or name. */
static int
change_on(int fd, const struct group_change *c, const char *name,
    unsigned number)
{
	unsigned index;

	if (!has_addresses(c) || interface_index(name, number, &index) == -1)
		return -1;
	return group_change(fd, c, index);
}

int
mcast_join(int fd, const struct sockaddr *group, socklen_t len,
    const char *name, unsigned number)
{
	struct group_change change = { .what = GROUP_JOIN, .group = group,
	    .group_len = len };

	return change_on(fd, &change, name, number);
}
EXPORT(mcast_join);

int
mcast_leave(int fd, const struct sockaddr *group, socklen_t len)
{
	struct group_change change = { .what = GROUP_LEAVE, .group = group,
	    .group_len = len };

	return change_anywhere(fd, &change);
}
EXPORT(mcast_leave);

int
mcast_join_source_group(int fd, const struct sockaddr *source,
    socklen_t source_len, const struct sockaddr *group, socklen_t group_len,
    const char *name, unsigned number)
{
	struct group_change change = { .what = SOURCE_JOIN, .source = source,
	    .source_len = source_len, .group = group, .group_len = group_len };

	return change_on(fd, &change, name, number);
}
EXPORT(mcast_join_source_group);

int
mcast_leave_source_group(int fd, const struct sockaddr *source,
    socklen_t source_len, const struct sockaddr *group, socklen_t group_len)
{
	struct group_change change = { .what = SOURCE_LEAVE, .source = source,
	    .source_len = source_len, .group = group, .group_len = group_len };

	return change_anywhere(fd, &change);
}
EXPORT(mcast_leave_source_group);

int
mcast_block_source(int fd, const struct sockaddr *source,
    socklen_t source_len, const struct sockaddr *group, socklen_t group_len)
{
	struct group_change change = { .what = SOURCE_BLOCK, .source = source,
	    .source_len = source_len, .group = group, .group_len = group_len };

	return change_anywhere(fd, &change);
}
EXPORT(mcast_block_source);

int
mcast_unblock_source(int fd, const struct sockaddr *source,
    socklen_t source_len, const struct sockaddr *group, socklen_t group_len)
{
	struct group_change change = { .what = SOURCE_UNBLOCK, .source = source,
	    .source_len = source_len, .group = group, .group_len = group_len };

	return change_anywhere(fd, &change);
}
EXPORT(mcast_unblock_source);
