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

/* Returns a listening socket: non-blocking, close-on-exec.  It takes the place
 * of a socket that has the path, used or left behind, so that no client finds
 * none there.  The name is removed when the process exits, if it still is that
 * of this socket.  What fails ends the program. */
int	 unix_listen(const struct endpoint *, int backlog);

#endif
