/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

void
Mcast_join(int fd, const struct sockaddr *group, socklen_t len,
    const char *name, unsigned number)
{
	if (mcast_join(fd, group, len, name, number) == -1)
		err_sys("mcast_join error");
}
EXPORT(Mcast_join);

void
Mcast_leave(int fd, const struct sockaddr *group, socklen_t len)
{
	if (mcast_leave(fd, group, len) == -1)
		err_sys("mcast_leave error");
}
EXPORT(Mcast_leave);

void
Mcast_join_source_group(int fd, const struct sockaddr *source,
    socklen_t source_len, const struct sockaddr *group, socklen_t group_len,
    const char *name, unsigned number)
{
	if (mcast_join_source_group(fd, source, source_len, group,
	    group_len, name, number) == -1)
		err_sys("mcast_join_source_group error");
}
EXPORT(Mcast_join_source_group);

void
Mcast_leave_source_group(int fd, const struct sockaddr *source,
    socklen_t source_len, const struct sockaddr *group, socklen_t group_len)
{
	if (mcast_leave_source_group(fd, source, source_len, group,
	    group_len) == -1)
		err_sys("mcast_leave_source_group error");
}
EXPORT(Mcast_leave_source_group);

void
Mcast_block_source(int fd, const struct sockaddr *source,
    socklen_t source_len, const struct sockaddr *group, socklen_t group_len)
{
	if (mcast_block_source(fd, source, source_len, group,
	    group_len) == -1)
		err_sys("mcast_block_source error");
}
EXPORT(Mcast_block_source);

void
Mcast_unblock_source(int fd, const struct sockaddr *source,
    socklen_t source_len, const struct sockaddr *group, socklen_t group_len)
{
	if (mcast_unblock_source(fd, source, source_len, group,
	    group_len) == -1)
		err_sys("mcast_unblock_source error");
}
EXPORT(Mcast_unblock_source);

int
Mcast_get_if(int fd)
{
	int value = mcast_get_if(fd);

	if (value == -1)
		err_sys("mcast_get_if error");
	return value;
}
EXPORT(Mcast_get_if);

int
Mcast_get_loop(int fd)
{
	int value = mcast_get_loop(fd);

	if (value == -1)
		err_sys("mcast_get_loop error");
	return value;
}
EXPORT(Mcast_get_loop);

int
Mcast_get_ttl(int fd)
{
	int value = mcast_get_ttl(fd);

	if (value == -1)
		err_sys("mcast_get_ttl error");
	return value;
}
EXPORT(Mcast_get_ttl);

void
Mcast_set_if(int fd, const char *name, unsigned number)
{
	if (mcast_set_if(fd, name, number) == -1)
		err_sys("mcast_set_if error");
}
EXPORT(Mcast_set_if);

void
Mcast_set_loop(int fd, int on)
{
	if (mcast_set_loop(fd, on) == -1)
		err_sys("mcast_set_loop error");
}
EXPORT(Mcast_set_loop);

void
Mcast_set_ttl(int fd, int ttl)
{
	if (mcast_set_ttl(fd, ttl) == -1)
		err_sys("mcast_set_ttl error");
}
EXPORT(Mcast_set_ttl);
