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

enum oom { OOM_WORKER, OOM_CHILD };

/* In the supervisor, before it has any. */
void	 oom_begin(void);
/* Has the kernel's OOM killer prefer this process as one of those. */
void	 oom_prefer(enum oom);

#endif
