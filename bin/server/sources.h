/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * How many connections each source has, in memory that all workers share: an
 * IPv4 address is a source, and so is an IPv6 network of 64 bits, which one
 * host may have for itself.  Each worker counts in a part of its own, which is
 * emptied when it is gone.  No lock: the functions may be called by signal
 * handlers.
 */
#ifndef SOURCES_H
#define SOURCES_H

#include <sys/socket.h>

#include <stdint.h>

struct sources;

/* Returns an empty table, or NULL: errno is mmap(2)'s.  It lives as long as the
 * process. */
struct sources *sources_new(unsigned parts);
/* 0: such an address has no source (a UNIX socket's). */
uint64_t sources_key(const struct sockaddr *);
/* Counts one more.  Returns 1, or 0: that would be more than max, and was not
 * counted.  The table has 65536 places; a source that finds none is not
 * limited. */
int	 sources_enter(struct sources *, unsigned part, uint64_t key,
	    uint64_t max);
/* One less of those that were counted. */
void	 sources_leave(struct sources *, unsigned part, uint64_t key);
/* Lowers the count to "most", if it is higher: the rest have ended and could
 * not leave.  A signal handler may call it. */
void	 sources_at_most(struct sources *, unsigned part, uint64_t key,
	    uint64_t most);
void	 sources_part_gone(struct sources *, unsigned part);

#endif
