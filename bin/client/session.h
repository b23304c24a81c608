/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * One connection between the user and the server: standard input is sent, the
 * echo is verified, and what proves right is printed on standard output.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdint.h>

#include "verdict.h"

/* Runs until there is a verdict and all that was echoed is printed; fills in
 * *outcome.  fd is a connected non-blocking socket; SIGPIPE must be ignored.
 * reply_timeout_ns is the longest wait for the next byte of an echo that is
 * due, and for the close after the last one; 0: none.  An error of standard
 * input or output ends the process. */
void	 session_run(int fd, int64_t reply_timeout_ns, struct outcome *outcome);

#endif
