/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * How a load fares while it goes on, on standard error.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdint.h>

#include "load_sum.h"

struct progress;

/* Lines so far apart; 0: one that changes, where standard error is a terminal.
 * The load takes length_ns in all, 0: nobody knows.  NULL: nothing is to be
 * shown. */
struct progress *progress_new(int64_t interval_ns, int64_t length_ns);
/* When it is to be shown next; of NULL: never. */
int64_t	 progress_at(const struct progress *);
void	 progress_show(struct progress *, const struct load_sum *);
/* Clears the terminal's line. */
void	 progress_free(struct progress *);

#endif
