/*
 * unpthread.h - wrappers of POSIX threads: book chapter 26
 *
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 *
 * The pthread_ functions return an error number and leave errno alone; these
 * report it and end the process, like every Capitalised wrapper.  None of them
 * is interrupted by a signal (EINTR).
 */
#ifndef UNPWRAP_UNPTHREAD_H
#define UNPWRAP_UNPTHREAD_H

#include "unp.h"

#include <pthread.h>

#ifdef __cplusplus
extern "C" {
#endif

void	 Pthread_create(pthread_t *thread, const pthread_attr_t *attr,
	    void *(*start)(void *), void *arg)
	    UNPWRAP_ELF(Pthread_create);
void	 Pthread_join(pthread_t thread, void **result)
	    UNPWRAP_ELF(Pthread_join);
void	 Pthread_detach(pthread_t thread)
	    UNPWRAP_ELF(Pthread_detach);
void	 Pthread_kill(pthread_t thread, int signo)
	    UNPWRAP_ELF(Pthread_kill);

void	 Pthread_mutexattr_init(pthread_mutexattr_t *attr)
	    UNPWRAP_ELF(Pthread_mutexattr_init);
/* flag: PTHREAD_PROCESS_SHARED or PTHREAD_PROCESS_PRIVATE. */
void	 Pthread_mutexattr_setpshared(pthread_mutexattr_t *attr, int flag)
	    UNPWRAP_ELF(Pthread_mutexattr_setpshared);
void	 Pthread_mutex_init(pthread_mutex_t *mutex, pthread_mutexattr_t *attr)
	    UNPWRAP_ELF(Pthread_mutex_init);
void	 Pthread_mutex_lock(pthread_mutex_t *mutex)
	    UNPWRAP_ELF(Pthread_mutex_lock);
void	 Pthread_mutex_unlock(pthread_mutex_t *mutex)
	    UNPWRAP_ELF(Pthread_mutex_unlock);

void	 Pthread_cond_broadcast(pthread_cond_t *cond)
	    UNPWRAP_ELF(Pthread_cond_broadcast);
void	 Pthread_cond_signal(pthread_cond_t *cond)
	    UNPWRAP_ELF(Pthread_cond_signal);
void	 Pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
	    UNPWRAP_ELF(Pthread_cond_wait);
/* Returns 0, or ETIMEDOUT once the clock of the condition variable
 * (CLOCK_REALTIME unless its attributes say otherwise) has reached the
 * absolute time until. */
int	 Pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
	    const struct timespec *until)
	    UNPWRAP_ELF(Pthread_cond_timedwait);

void	 Pthread_key_create(pthread_key_t *key, void (*destroy)(void *))
	    UNPWRAP_ELF(Pthread_key_create);
void	 Pthread_setspecific(pthread_key_t key, const void *value)
	    UNPWRAP_ELF(Pthread_setspecific);
void	 Pthread_once(pthread_once_t *once, void (*init)(void))
	    UNPWRAP_ELF(Pthread_once);

#ifdef __cplusplus
}
#endif

#endif
