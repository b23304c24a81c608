/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * How long the kernel bears with a silent host.
 */
#ifndef TUNING_H
#define TUNING_H

#include <stdint.h>

/* Can this system do it? */
int	 has_keepalive(void);
int	 has_user_timeout(void);

/* Each returns 0, or an errno value. */

/* A host that is silent while nothing is sent is noticed after about so long:
 * to the second, and 2 at the least. */
int	 set_keepalive(int fd, int64_t ns);
/* One that acknowledges nothing is given up after so long. */
int	 set_user_timeout(int fd, int64_t ns);

/* Has a datagram socket told of each error that a router reports, if the system
 * can do so; otherwise it does not learn of some. */
void	 want_icmp_errors(int fd);

/* In seconds: the wait for the first probe, that for each next one; and how
 * many. */
struct keepalive {
	int	 idle, interval, count;
};
struct keepalive keepalive_within(int64_t ns);

#endif
