/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "sweep_run.h"

#include <unpthread.h>

/*
 * Wrappers of POSIX threads.
 */
static void *
same(void *arg)
{
	return arg;
}

static void
nothing(void)
{
}

static void
a_thread(struct world *w)
{
	if (pthread_create(&w->thread, NULL, same, w) != 0)
		_exit(NO_SETUP);
	w->has_thread = 1;
}

static enum outcome
run_Pthread_create(struct world *w)
{
	ARM(Pthread_create(&w->thread, NULL, same, w));
	w->has_thread = 1;
	return OK;
}

static enum outcome
run_Pthread_join(struct world *w)
{
	void *value = NULL;

	ARM(Pthread_join(w->thread, &value));
	w->has_thread = 0;
	return SUCCEEDED(value == w);
}

static enum outcome
run_Pthread_detach(struct world *w)
{
	ARM(Pthread_detach(w->thread));
	w->has_thread = 0;
	return OK;
}

static enum outcome
run_Pthread_kill(struct world *w)
{
	pthread_t self = pthread_self();

	ARM(Pthread_kill(self, 0));
	return OK;
}

static enum outcome
run_Pthread_mutexattr(struct world *w)
{
	pthread_mutexattr_t attr;

	ARM(Pthread_mutexattr_init(&attr);
	    Pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED));
	pthread_mutexattr_destroy(&attr);
	return OK;
}

static enum outcome
run_Pthread_mutex(struct world *w)
{
	pthread_mutex_t mutex;

	ARM(Pthread_mutex_init(&mutex, NULL); Pthread_mutex_lock(&mutex);
	    Pthread_mutex_unlock(&mutex));
	pthread_mutex_destroy(&mutex);
	return OK;
}

static enum outcome
run_Pthread_cond_signal(struct world *w)
{
	ARM(Pthread_cond_signal(&the_cond); Pthread_cond_broadcast(&the_cond));
	return OK;
}

static enum outcome
run_Pthread_cond_wait(struct world *w)
{
	while (!signalled)
		ARM(Pthread_cond_wait(&the_cond, &the_mutex));
	return OK;
}

static enum outcome
run_Pthread_cond_timedwait(struct world *w)
{
	struct timespec past = { .tv_sec = 1 };

	ARM(w->n = Pthread_cond_timedwait(&the_cond, &the_mutex, &past));
	/* The thread of a_held_mutex may be faster than the clock. */
	return SUCCEEDED(w->n == ETIMEDOUT || (w->n == 0 && signalled));
}

static const struct rule timedwait_rules[] = {
	{ F_pthread_cond_timedwait, ETIMEDOUT, SUCCEEDS, 0, 0 },
	NO_RULES
};

static enum outcome
run_Pthread_key(struct world *w)
{
	static int created;
	static pthread_key_t key;

	created = 0;
	ARM(Pthread_key_create(&key, NULL); created = 1;
	    Pthread_setspecific(key, w));
	w->n = created && pthread_getspecific(key) == w;
	pthread_key_delete(key);
	return SUCCEEDED(w->n == 1);
}

static enum outcome
run_Pthread_once(struct world *w)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	ARM(Pthread_once(&once, nothing));
	return OK;
}

const struct scenario thread_scenarios[] = {
	{ "Pthread_create", NULL, run_Pthread_create, NULL, 0 },
	{ "Pthread_join", a_thread, run_Pthread_join, NULL, 0 },
	{ "Pthread_detach", a_thread, run_Pthread_detach, NULL, 0 },
	{ "Pthread_kill", NULL, run_Pthread_kill, NULL, 0 },
	{ "Pthread_mutexattr_init, Pthread_mutexattr_setpshared", NULL,
	    run_Pthread_mutexattr, NULL, 0 },
	{ "Pthread_mutex_init, _lock, _unlock", NULL, run_Pthread_mutex, NULL,
	    0 },
	{ "Pthread_cond_signal, Pthread_cond_broadcast", NULL,
	    run_Pthread_cond_signal, NULL, 0 },
	{ "Pthread_cond_wait", a_held_mutex, run_Pthread_cond_wait, NULL, 0 },
	{ "Pthread_cond_timedwait", a_held_mutex, run_Pthread_cond_timedwait,
	    timedwait_rules, 0 },
	{ "Pthread_key_create, Pthread_setspecific", NULL, run_Pthread_key,
	    NULL, 0 },
	{ "Pthread_once", NULL, run_Pthread_once, NULL, 0 },
	{ NULL, NULL, NULL, NULL, 0 }
};
