/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Who goes first when memory runs out: those that hold connections, and the
 * supervisor last, which alone cannot be replaced.
 */
#ifndef OOM_H
#define OOM_H

/* Above the score that the supervisor has. */
#define OOM_WORKER	250
#define OOM_CHILD	500

/* In the supervisor, before it has any. */
void	 oom_begin(void);
/* Has the kernel's OOM killer prefer this process by so much. */
void	 oom_prefer(int more);

#endif
