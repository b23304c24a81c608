/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The end of a connection that its client sees as an error.
 */
#ifndef RESET_H
#define RESET_H

#include <sys/socket.h>

/* SO_LINGER's value for a socket whose close(2) is to send a reset. */
extern const struct linger linger_for_reset;

/* close(2) will send a reset. */
void	 reset_at_close(int fd);
void	 close_with_reset(int fd);

#endif
