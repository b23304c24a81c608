/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Listening UNIX-domain sockets, and their names in the file system.
 */
#ifndef UNIX_LISTENER_H
#define UNIX_LISTENER_H

#include "endpoint.h"

/* Returns a listening socket: non-blocking, close-on-exec.  Until it gets its
 * path, which may be another server's, it has a name beside that.  A failure
 * ends the program. */
int	 unix_listen(const struct endpoint *, int backlog);
/* Gives each socket its path, replacing any socket there, in use or left
 * behind, so that clients always find one.  Call it last before announcing that
 * we listen: a later failure leaves nobody at the path.  At exit, names that
 * still are those of our sockets are removed. */
void	 unix_listeners_place(void);

#endif
