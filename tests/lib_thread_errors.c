/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <unpthread.h>

/*
 * Threads as the library sees them: what a test has said is the result of every
 * call, which does nothing.  There is one thread, so that nobody misses it; but
 * keys are what sanitizers need.
 */
static int result;

#define STUB(name, ...)							\
int									\
name(__VA_ARGS__)							\
{									\
	return result;							\
}

/* What they have behind their names is of no use here. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

STUB(pthread_create, pthread_t *restrict thread,
    const pthread_attr_t *restrict attr, void *(*start)(void *),
    void *restrict arg)
STUB(pthread_join, pthread_t thread, void **value)
STUB(pthread_detach, pthread_t thread)
STUB(pthread_kill, pthread_t thread, int signo)
STUB(pthread_mutexattr_init, pthread_mutexattr_t *attr)
STUB(pthread_mutexattr_setpshared, pthread_mutexattr_t *attr, int flag)
STUB(pthread_mutex_init, pthread_mutex_t *restrict mutex,
    const pthread_mutexattr_t *restrict attr)
STUB(pthread_mutex_lock, pthread_mutex_t *mutex)
STUB(pthread_mutex_unlock, pthread_mutex_t *mutex)
STUB(pthread_cond_broadcast, pthread_cond_t *cond)
STUB(pthread_cond_signal, pthread_cond_t *cond)
STUB(pthread_cond_wait, pthread_cond_t *restrict cond,
    pthread_mutex_t *restrict mutex)
STUB(pthread_cond_timedwait, pthread_cond_t *restrict cond,
    pthread_mutex_t *restrict mutex, const struct timespec *restrict until)
STUB(pthread_once, pthread_once_t *once, void (*init)(void))

static pthread_t thread;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutexattr_t attr;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static const struct timespec until;

static void *
nothing(void *arg)
{
	return arg;
}

static void
create(void)
{
	Pthread_create(&thread, NULL, nothing, NULL);
}

static void
join_thread(void)
{
	Pthread_join(thread, NULL);
}

static void
detach(void)
{
	Pthread_detach(thread);
}

static void
kill_thread(void)
{
	Pthread_kill(thread, 0);
}

static void
attr_init(void)
{
	Pthread_mutexattr_init(&attr);
}

static void
attr_set(void)
{
	Pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
}

static void
mutex_init(void)
{
	Pthread_mutex_init(&mutex, NULL);
}

static void
lock(void)
{
	Pthread_mutex_lock(&mutex);
}

static void
unlock(void)
{
	Pthread_mutex_unlock(&mutex);
}

static void
broadcast(void)
{
	Pthread_cond_broadcast(&cond);
}

static void
signal_condition(void)
{
	Pthread_cond_signal(&cond);
}

static void
wait_for(void)
{
	Pthread_cond_wait(&cond, &mutex);
}

static void
wait_until(void)
{
	Pthread_cond_timedwait(&cond, &mutex, &until);
}

static void
run_once(void)
{
	Pthread_once(&once, attr_init);
}

static const struct {
	const char *name;
	void	(*call)(void);
} calls[] = {
	{ "pthread_create",		create },
	{ "pthread_join",		join_thread },
	{ "pthread_detach",		detach },
	{ "pthread_kill",		kill_thread },
	{ "pthread_mutexattr_init",	attr_init },
	{ "pthread_mutexattr_setpshared", attr_set },
	{ "pthread_mutex_init",		mutex_init },
	{ "pthread_mutex_lock",		lock },
	{ "pthread_mutex_unlock",	unlock },
	{ "pthread_cond_broadcast",	broadcast },
	{ "pthread_cond_signal",	signal_condition },
	{ "pthread_cond_wait",		wait_for },
	{ "pthread_cond_timedwait",	wait_until },
	{ "pthread_once",		run_once },
};
#define CALLS	14

/* The error is what the call returned; errno is nothing to it. */
static void
call_failing(int i)
{
	errno = EDOM;
	result = EOVERFLOW;
	calls[i].call();
}

START_TEST(each_wrapper_fails_by_the_policy)
{
	catch_errors();
	if (sigsetjmp(caught_fatal, 1) == 0)
		call_failing(_i);
	result = 0;
	ck_assert_int_eq(caught.fatals, 1);
	ck_assert_reported(LOG_ERR, EOVERFLOW, "%s error", calls[_i].name);
	errno = EDOM;
	calls[_i].call();
	ck_assert_int_eq(errno, EDOM);
	ck_assert_int_eq(caught.fatals, 1);
}
END_TEST

START_TEST(end_of_the_time_is_no_error)
{
	catch_errors();
	result = ETIMEDOUT;
	ck_assert_int_eq(Pthread_cond_timedwait(&cond, &mutex, &until),
	    ETIMEDOUT);
	result = 0;
	ck_assert_int_eq(caught.reports, 0);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "errors");

	tcase_add_loop_test(tc, each_wrapper_fails_by_the_policy, 0, CALLS);
	tcase_add_test(tc, end_of_the_time_is_no_error);
}

int
main(void)
{
	return run_suite("thread errors", fill);
}
