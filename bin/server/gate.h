/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Faults of the listener: nobody listens; or the queue is full, so that
 * handshakes do not complete; or what follows them is lost.  The workers share
 * the listening sockets: the first of them that sees that it is time opens or
 * closes the gate for all.  After a HUP that is the business of the new
 * workers: each of them looks before it accepts, and the old ones no longer
 * turn it.
 */
#ifndef GATE_H
#define GATE_H

#include "acceptor.h"

/* 0, or the errno value that says why this system cannot do it. */
int	 gate_probe(void);
/* Opens or closes it, if it is time; returns whether connections can be
 * accepted.  Not while another process turns it: ask again soon. */
int	 gate_update(struct server *);
/* Whether anybody has ever opened or closed it. */
int	 gate_was_turned(const struct server *);
/* An accepted connection may have come while nothing after the handshake was
 * let in.  Lets its data in from now on, unless that fault is still active. */
void	 gate_let_in(const struct server *, int fd);
/* The process has ended, maybe while it turned the gate. */
void	 gate_process_gone(struct server *, pid_t);
/* Whether the connection is one that we filled the queue with.  Says so only
 * once for each. */
int	 gate_take_filler(struct server *, const struct peer *);

#endif
