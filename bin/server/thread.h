/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Threads that serve connections.
 */
#ifndef THREAD_H
#define THREAD_H

#include <pthread.h>

/* Starts a thread that gets no signals and whose stack has room for
 * serve_blocking and its buffer.  Returns 0, or an errno value.  *thread is to
 * be joined; NULL: it is detached. */
int	 thread_start(pthread_t *thread, void *(*run)(void *), void *arg);

#endif
