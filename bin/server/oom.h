/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Who goes first when memory runs out.
 */
#ifndef OOM_H
#define OOM_H

/* When memory runs out, those that hold connections go first and the supervisor
 * last: it alone cannot be replaced. */
#define OOM_WORKER	"250"
#define OOM_CHILD	"500"
void	 prefer_for_oom_kill(const char *score);

#endif
