/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Why an input is refused: a parser that returns -1 has put one clause, with no
 * capital and no full stop, into the caller's buffer.
 */
#ifndef WHY_H
#define WHY_H

#define WHY_MAX	256

/* For "return refuse(why, ...)".  A macro: the compiler is to see the -1, and
 * not to warn of results that have no value then. */
#define refuse(why, ...)	(put_why(why, __VA_ARGS__), -1)

/* No argument may be why itself. */
void	 put_why(char why[WHY_MAX], const char *format, ...)
	    __attribute__((__format__(__printf__, 2, 3)));

#endif
