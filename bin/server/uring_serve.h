/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#ifndef URING_SERVE_H
#define URING_SERVE_H

#include "server.h"

/* As a model's serve, where no connection needs to be known by its peer: there
 * are no faults, and connections are not logged. */
int	 serve_uring_fast(struct server *);

#endif
