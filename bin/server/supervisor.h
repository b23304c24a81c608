/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Runs the server's workers until a signal ends it, and tells of them in the
 * log.
 */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

#include "server.h"

/* Parts of the statistics that the workers need. */
unsigned supervisor_parts(const struct server *);
/* Returns the program's exit status. */
int	 supervisor_run(struct server *);

#endif
