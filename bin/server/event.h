/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Carries out what connections want where the system says what is ready: the
 * event loop of the models poll and epoll.
 */
#ifndef EVENT_H
#define EVENT_H

#include "poller.h"
#include "server.h"

/* As a model's serve. */
int	 serve_events(struct server *, const struct poller_ops *);

#endif
