/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"
#include "unpthread.h"

/* The pthread_ functions return the error: it is put into errno for err_sys. */
static void
check(int error, const char *function)
{
	if (error == 0)
		return;
	errno = error;
	err_sys("%s error", function);
}

void
Pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*start)(void *), void *arg)
{
	check(pthread_create(thread, attr, start, arg), "pthread_create");
}
EXPORT(Pthread_create);

void
Pthread_join(pthread_t thread, void **result)
{
	check(pthread_join(thread, result), "pthread_join");
}
EXPORT(Pthread_join);

void
Pthread_detach(pthread_t thread)
{
	check(pthread_detach(thread), "pthread_detach");
}
EXPORT(Pthread_detach);

void
Pthread_kill(pthread_t thread, int signo)
{
	check(pthread_kill(thread, signo), "pthread_kill");
}
EXPORT(Pthread_kill);

void
Pthread_mutexattr_init(pthread_mutexattr_t *attr)
{
	check(pthread_mutexattr_init(attr), "pthread_mutexattr_init");
}
EXPORT(Pthread_mutexattr_init);

void
Pthread_mutexattr_setpshared(pthread_mutexattr_t *attr, int flag)
{
	check(pthread_mutexattr_setpshared(attr, flag),
	    "pthread_mutexattr_setpshared");
}
EXPORT(Pthread_mutexattr_setpshared);

void
Pthread_mutex_init(pthread_mutex_t *mutex, pthread_mutexattr_t *attr)
{
	check(pthread_mutex_init(mutex, attr), "pthread_mutex_init");
}
EXPORT(Pthread_mutex_init);

void
Pthread_mutex_lock(pthread_mutex_t *mutex)
{
	check(pthread_mutex_lock(mutex), "pthread_mutex_lock");
}
EXPORT(Pthread_mutex_lock);

void
Pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	check(pthread_mutex_unlock(mutex), "pthread_mutex_unlock");
}
EXPORT(Pthread_mutex_unlock);

void
Pthread_cond_broadcast(pthread_cond_t *cond)
{
	check(pthread_cond_broadcast(cond), "pthread_cond_broadcast");
}
EXPORT(Pthread_cond_broadcast);

void
Pthread_cond_signal(pthread_cond_t *cond)
{
	check(pthread_cond_signal(cond), "pthread_cond_signal");
}
EXPORT(Pthread_cond_signal);

void
Pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	check(pthread_cond_wait(cond, mutex), "pthread_cond_wait");
}
EXPORT(Pthread_cond_wait);

int
Pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
    const struct timespec *until)
{
	int error = pthread_cond_timedwait(cond, mutex, until);

	if (error != ETIMEDOUT)
		check(error, "pthread_cond_timedwait");
	return error;
}
EXPORT(Pthread_cond_timedwait);

void
Pthread_key_create(pthread_key_t *key, void (*destroy)(void *))
{
	check(pthread_key_create(key, destroy), "pthread_key_create");
}
EXPORT(Pthread_key_create);

void
Pthread_setspecific(pthread_key_t key, const void *value)
{
	check(pthread_setspecific(key, value), "pthread_setspecific");
}
EXPORT(Pthread_setspecific);

void
Pthread_once(pthread_once_t *once, void (*init)(void))
{
	check(pthread_once(once, init), "pthread_once");
}
EXPORT(Pthread_once);
