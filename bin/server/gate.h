/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Faults of the listener: nobody listens; or the queue is full, so that
 * handshakes do not complete; or what follows them is lost.  The workers share
 * the listening sockets: the first of them that sees that it is time opens or
 * closes the gate for all.  After a HUP that is the business of the new workers:
 * each of them looks before it accepts, and the old ones no longer turn it.
 */
#ifndef GATE_H
#define GATE_H

#include "acceptor.h"

/* 0, or the errno value that says why this system cannot do it. */
int	 gate_probe(void);
/* Opens or closes it, if it is time; returns whether connections can be
 * accepted.  Not while another process turns it: ask again soon. */
int	 gate_is_open(struct server *);
/* Whether anybody has ever opened or closed it. */
int	 gate_was_turned(const struct server *);
/* A connection that was accepted may have come while nothing that follows a
 * handshake was let in: it is from now on, unless that goes on. */
void	 gate_let_in(const struct server *, int fd);
/* The process has ended, maybe while it turned the gate. */
void	 gate_process_gone(struct server *, pid_t);
/* The connection is one of those that we filled the queue with; said once. */
int	 gate_is_filler(struct server *, const struct peer *);

#endif
