/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Echo of datagrams: what one worker does instead of the model.
 */
#ifndef UDP_H
#define UDP_H

#include "server.h"

/* Serves until stopfd is readable, and then what waits.  Returns the worker's
 * exit status. */
int	 serve_datagrams(struct server *);

#endif
