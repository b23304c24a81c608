/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * A connection whose host seems to have vanished, without privileges.
 */
#ifndef VANISH_H
#define VANISH_H

/* 0, or the errno value that says why this system cannot do it. */
int	 vanish_probe(void);
/* Whether the client has acknowledged all that was sent. */
int	 vanish_is_settled(int fd);
/* From here on the kernel drops what comes in for the connection, before TCP
 * sees it: nothing is acknowledged.  appear: no longer. */
void	 vanish(int fd);
void	 appear(int fd);
/* How many segments have been dropped so far. */
unsigned vanish_lost(int fd);
/* The same for a listening socket, and for each connection that comes from it,
 * until it appears: handshakes complete, and nothing that follows them. */
void	 vanish_listener(int listenfd);

#endif
