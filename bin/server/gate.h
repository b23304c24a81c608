/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Faults of the listener: nobody listens; or the queue is full, so that
 * handshakes do not complete; or what follows them is lost.  The workers share
 * the listening sockets: the first of them that sees that it is time opens or
 * closes the gate for all.
 */
#ifndef GATE_H
#define GATE_H

#include "acceptor.h"

/* 0, or the errno value that says why this system cannot do it. */
int	 gate_probe(void);
/* Opens or closes it, if it is time; returns whether connections can be
 * accepted. */
int	 gate_is_open(struct server *);
/* The connection is one of those that we filled the queue with. */
int	 gate_is_filler(const struct server *, const struct peer *);

#endif
