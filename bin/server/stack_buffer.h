/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Puts a driver's buffer where it costs the least: with a process or thread for
 * each connection, memory is used by the page.
 */
#ifndef STACK_BUFFER_H
#define STACK_BUFFER_H

/* Calls serve with a buffer of DRIVE_BUFFER bytes on the stack.  Its first
 * bytes are on the page that has the frames of what is called.  Returns what
 * serve returned. */
int	 with_stack_buffer(int (*serve)(void *arg, char *buffer), void *arg);

#endif
