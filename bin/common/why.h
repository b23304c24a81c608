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

#include <stdio.h>

#define WHY_MAX	256

/* For "return refuse(why, ...)". */
#define refuse(why, ...)	(snprintf(why, WHY_MAX, __VA_ARGS__), -1)

#endif
