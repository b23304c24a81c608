/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Datagrams between the user and the server: each line of standard input, or a
 * pattern, is one, whose echo is awaited, verified and printed.
 */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "session.h"

#define EXCHANGE_MAX	65507	/* bytes that a datagram over IPv4 can have */

/* As session_run, on a connected datagram socket.  Of session_how it obeys
 * reply_timeout_ns, which must not be 0, the pattern, no_print and stopfd.  A
 * line that is longer than EXCHANGE_MAX ends the process. */
int	 exchange_run(int fd, const struct session_how *, struct outcome *);

#endif
