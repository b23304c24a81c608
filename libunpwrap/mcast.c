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
 * The protocol-independent options of RFC 3678 serve both families for groups;
 * the options of a socket's own traffic have a name for each family.
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
	return 0;
}

static int
change_group(int fd, int option, const struct sockaddr *group, socklen_t len,
    const char *name, unsigned number)
{
	int level = family_to_level(group->sa_family);
	struct group_req request;
	unsigned index;

	memset(&request, 0, sizeof(request));	/* its padding too */
	if (level == -1 || interface_index(name, number, &index) == -1 ||
	    copy_address(&request.gr_group, group, len) == -1)
		return -1;
	request.gr_interface = index;
	return setsockopt(fd, level, option, &request, sizeof(request));
}

static int
change_source(int fd, int option, const struct sockaddr *source,
    socklen_t source_len, const struct sockaddr *group, socklen_t group_len,
    const char *name, unsigned number)
{
	int level = family_to_level(group->sa_family);
	struct group_source_req request;
	unsigned index;

	memset(&request, 0, sizeof(request));
	if (level == -1 || interface_index(name, number, &index) == -1 ||
	    copy_address(&request.gsr_source, source, source_len) == -1 ||
	    copy_address(&request.gsr_group, group, group_len) == -1)
		return -1;
	request.gsr_interface = index;
	return setsockopt(fd, level, option, &request, sizeof(request));
}

struct change {
	int	 option;
	const struct sockaddr *source, *group;
	socklen_t source_len, group_len;
};

static int
change_on(int fd, const struct change *c, unsigned index)
{
	if (c->source == NULL)
		return change_group(fd, c->option, c->group, c->group_len,
		    NULL, index);
	return change_source(fd, c->option, c->source, c->source_len,
	    c->group, c->group_len, NULL, index);
}

/* What setsockopt(2) failed with says: there is none on this interface. */
static int
is_elsewhere(void)
{
	return errno == EADDRNOTAVAIL || errno == EINVAL || errno == ENODEV;
}

/* A membership that exists, wherever it is: Linux takes interface 0 for the one
 * that the group is routed to, and does not look further. */
static int
change_anywhere(int fd, const struct change *c)
{
	struct if_nameindex *all;
	int result = change_on(fd, c, 0), error = errno;

	if (result == 0 || !is_elsewhere())
		return result;
	all = if_nameindex();
	if (all == NULL)
		return -1;
	for (size_t i = 0; result == -1 && all[i].if_index != 0; i++) {
		result = change_on(fd, c, all[i].if_index);
		if (result == -1 && !is_elsewhere())
			error = errno;
	}
	if_freenameindex(all);
	errno = error;
	return result;
}

int
mcast_join(int fd, const struct sockaddr *group, socklen_t len,
    const char *name, unsigned number)
{
	return change_group(fd, MCAST_JOIN_GROUP, group, len, name, number);
}
EXPORT(mcast_join);

int
mcast_leave(int fd, const struct sockaddr *group, socklen_t len)
{
	struct change change = { .option = MCAST_LEAVE_GROUP, .group = group,
	    .group_len = len };

	return change_anywhere(fd, &change);
}
EXPORT(mcast_leave);

int
mcast_join_source_group(int fd, const struct sockaddr *source,
    socklen_t source_len, const struct sockaddr *group, socklen_t group_len,
    const char *name, unsigned number)
{
	return change_source(fd, MCAST_JOIN_SOURCE_GROUP, source, source_len,
	    group, group_len, name, number);
}
EXPORT(mcast_join_source_group);

int
mcast_leave_source_group(int fd, const struct sockaddr *source,
    socklen_t source_len, const struct sockaddr *group, socklen_t group_len)
{
	struct change change = { .option = MCAST_LEAVE_SOURCE_GROUP,
	    .source = source, .source_len = source_len, .group = group,
	    .group_len = group_len };

	return change_anywhere(fd, &change);
}
EXPORT(mcast_leave_source_group);

int
mcast_block_source(int fd, const struct sockaddr *source,
    socklen_t source_len, const struct sockaddr *group, socklen_t group_len)
{
	struct change change = { .option = MCAST_BLOCK_SOURCE,
	    .source = source, .source_len = source_len, .group = group,
	    .group_len = group_len };

	return change_anywhere(fd, &change);
}
EXPORT(mcast_block_source);

int
mcast_unblock_source(int fd, const struct sockaddr *source,
    socklen_t source_len, const struct sockaddr *group, socklen_t group_len)
{
	struct change change = { .option = MCAST_UNBLOCK_SOURCE,
	    .source = source, .source_len = source_len, .group = group,
	    .group_len = group_len };

	return change_anywhere(fd, &change);
}
EXPORT(mcast_unblock_source);
