/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What a process arranges for itself.
 */
#ifndef PROCESS_H
#define PROCESS_H

/* When memory runs out, those that hold connections go first and the supervisor
 * last: it alone cannot be replaced. */
#define OOM_WORKER	250
#define OOM_CHILD	500
void	 prefer_for_oom_kill(int score);

/* Opens /dev/null on those of descriptors 0 to 2 that are closed: a socket that
 * became number 2 would be sent the error messages. */
void	 open_standard_descriptors(void);

#endif
