/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Standard output.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

/* What was printed goes out.  An error, now or of an earlier print, ends the
 * program with status 1. */
void	 flush_output(void);
/* Ends a program that has printed what it was asked for. */
void	 exit_printed(void) __attribute__((__noreturn__));

#endif
