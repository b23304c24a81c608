/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <stdatomic.h>
#include <time.h>

#include <unpthread.h>

#define THREADS	4
#define ROUNDS	2000

static pthread_mutex_t mutex;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int counter;		/* under mutex */

static void
make_mutex(int type)
{
	pthread_mutexattr_t attr;

	Pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, type);
	Pthread_mutex_init(&mutex, &attr);
	pthread_mutexattr_destroy(&attr);
}

/*
 * Threads.
 */

static void *
return_arg(void *arg)
{
	return arg;
}

START_TEST(thread_is_created_and_joined)
{
	pthread_t thread;
	void *result = NULL;
	int there;

	errno = EDOM;
	Pthread_create(&thread, NULL, return_arg, &there);
	Pthread_join(thread, &result);
	ck_assert_ptr_eq(result, &there);
	Pthread_create(&thread, NULL, return_arg, NULL);
	Pthread_join(thread, NULL);
	ck_assert_int_eq(errno, EDOM);
}
END_TEST

static void *
return_later(void *arg)
{
	pause_ms(100);
	return arg;
}

START_TEST(join_is_not_interrupted)
{
	pthread_t thread;
	void *result = NULL;
	int there;

	Pthread_create(&thread, NULL, return_later, &there);
	interrupt_every(5);
	Pthread_join(thread, &result);
	interrupt_every(0);
	ck_assert_ptr_eq(result, &there);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

static atomic_int detached;

static void *
end_detached(void *arg)
{
	Pthread_detach(pthread_self());
	atomic_fetch_add(&detached, 1);
	return arg;
}

START_TEST(thread_is_detached)
{
	pthread_t thread;

	for (int i = 0; i < THREADS; i++)
		Pthread_create(&thread, NULL, end_detached, NULL);
	ck_assert_soon(atomic_load(&detached) == THREADS);
}
END_TEST

static atomic_int hits, strays, running, stop;
static _Thread_local int number;

static void
hit(int signo)
{
	(void)signo;
	atomic_fetch_add(number == 1 ? &hits : &strays, 1);
}

static void *
wait_for_stop(void *arg)
{
	number = *(const int *)arg;
	atomic_fetch_add(&running, 1);
	while (!atomic_load(&stop))
		pause_ms(1);
	return NULL;
}

START_TEST(signal_goes_to_a_thread)
{
	pthread_t threads[THREADS];
	int numbers[THREADS];

	Signal(SIGUSR1, hit);
	for (int i = 0; i < THREADS; i++) {
		numbers[i] = i;
		Pthread_create(&threads[i], NULL, wait_for_stop, &numbers[i]);
	}
	ck_assert_soon(atomic_load(&running) == THREADS);
	Pthread_kill(threads[1], 0);
	for (int n = 1; n <= 10; n++) {
		Pthread_kill(threads[1], SIGUSR1);
		ck_assert_soon(atomic_load(&hits) == n);
	}
	atomic_store(&stop, 1);
	for (int i = 0; i < THREADS; i++)
		Pthread_join(threads[i], NULL);
	ck_assert_int_eq(atomic_load(&strays), 0);
}
END_TEST

START_TEST(threads_fail_by_the_policy)
{
	pthread_t thread;

	ck_assert_fatal(Pthread_kill(pthread_self(), 12345), EINVAL,
	    "pthread_kill error");
	if (!become_anybody()) {
		not_tested("root has no limit of processes");
		return;
	}
	limit(RLIMIT_NPROC, 0);
	ck_assert_fatal(Pthread_create(&thread, NULL, return_arg, NULL),
	    EAGAIN, "pthread_create error");
	unlimit(RLIMIT_NPROC);
}
END_TEST

/*
 * Mutexes.
 */

static void *
count(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		Pthread_mutex_lock(&mutex);
		counter++;
		Pthread_mutex_unlock(&mutex);
	}
	return arg;
}

START_TEST(mutex_excludes)
{
	pthread_t threads[THREADS];

	if (_i == 0)
		Pthread_mutex_init(&mutex, NULL);
	else
		make_mutex(PTHREAD_MUTEX_NORMAL);
	for (int i = 0; i < THREADS; i++)
		Pthread_create(&threads[i], NULL, count, NULL);
	for (int i = 0; i < THREADS; i++)
		Pthread_join(threads[i], NULL);
	ck_assert_int_eq(counter, THREADS * ROUNDS);
}
END_TEST

START_TEST(mutex_is_shared_by_processes)
{
	pthread_mutexattr_t attr;
	int shared = -1;

	Pthread_mutexattr_init(&attr);
	Pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	ck_assert_int_eq(pthread_mutexattr_getpshared(&attr, &shared), 0);
	ck_assert_int_eq(shared, PTHREAD_PROCESS_SHARED);
	Pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_PRIVATE);
	pthread_mutexattr_getpshared(&attr, &shared);
	ck_assert_int_eq(shared, PTHREAD_PROCESS_PRIVATE);
	ck_assert_fatal(Pthread_mutexattr_setpshared(&attr, 12345), EINVAL,
	    "pthread_mutexattr_setpshared error");
}
END_TEST

START_TEST(mutex_fails_by_the_policy)
{
	make_mutex(PTHREAD_MUTEX_ERRORCHECK);
	ck_assert_fatal(Pthread_mutex_unlock(&mutex), EPERM,
	    "pthread_mutex_unlock error");
	Pthread_mutex_lock(&mutex);
	ck_assert_fatal(Pthread_mutex_lock(&mutex), EDEADLK,
	    "pthread_mutex_lock error");
	Pthread_mutex_unlock(&mutex);
}
END_TEST

/*
 * Condition variables.
 */

static void *
raise_counter(void *arg)
{
	pause_ms(50);
	Pthread_mutex_lock(&mutex);
	counter = 1;
	Pthread_cond_signal(&cond);
	Pthread_mutex_unlock(&mutex);
	return arg;
}

START_TEST(condition_is_signalled)
{
	pthread_t thread;

	make_mutex(PTHREAD_MUTEX_NORMAL);
	interrupt_every(5);
	Pthread_create(&thread, NULL, raise_counter, NULL);
	Pthread_mutex_lock(&mutex);
	while (counter == 0)
		Pthread_cond_wait(&cond, &mutex);
	Pthread_mutex_unlock(&mutex);
	interrupt_every(0);
	Pthread_join(thread, NULL);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

static int waiting;		/* under mutex */

static void *
wait_for_counter(void *arg)
{
	Pthread_mutex_lock(&mutex);
	waiting++;
	while (counter == 0)
		Pthread_cond_wait(&cond, &mutex);
	waiting--;
	Pthread_mutex_unlock(&mutex);
	return arg;
}

static int
are_waiting(void)
{
	int n;

	Pthread_mutex_lock(&mutex);
	n = waiting;
	Pthread_mutex_unlock(&mutex);
	return n;
}

START_TEST(condition_is_broadcast)
{
	pthread_t threads[THREADS];

	make_mutex(PTHREAD_MUTEX_NORMAL);
	for (int i = 0; i < THREADS; i++)
		Pthread_create(&threads[i], NULL, wait_for_counter, NULL);
	ck_assert_soon(are_waiting() == THREADS);
	Pthread_mutex_lock(&mutex);
	counter = 1;
	Pthread_cond_broadcast(&cond);
	Pthread_mutex_unlock(&mutex);
	for (int i = 0; i < THREADS; i++)
		Pthread_join(threads[i], NULL);
	ck_assert_int_eq(waiting, 0);
}
END_TEST

static struct timespec
in_ms(clockid_t clock, int ms)
{
	struct timespec until;

	clock_gettime(clock, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	return until;
}

START_TEST(condition_is_waited_for_a_time)
{
	struct timespec until;
	pthread_t thread;

	make_mutex(PTHREAD_MUTEX_NORMAL);
	interrupt_every(5);
	until = in_ms(CLOCK_REALTIME, 60);
	Pthread_mutex_lock(&mutex);
	while (Pthread_cond_timedwait(&cond, &mutex, &until) == 0)
		continue;
	ck_assert_int_eq(Pthread_cond_timedwait(&cond, &mutex, &until),
	    ETIMEDOUT);
	interrupt_every(0);
	ck_assert_int_gt(interrupts, 0);
	until = in_ms(CLOCK_REALTIME, 30000);
	Pthread_create(&thread, NULL, raise_counter, NULL);
	while (counter == 0)
		ck_assert_int_eq(Pthread_cond_timedwait(&cond, &mutex,
		    &until), 0);
	Pthread_mutex_unlock(&mutex);
	Pthread_join(thread, NULL);
}
END_TEST

START_TEST(condition_has_a_clock)
{
	int64_t start = now_ms();
	struct timespec until = in_ms(CLOCK_MONOTONIC, 60);
	pthread_condattr_t attr;
	pthread_cond_t monotonic;
	int result;

	make_mutex(PTHREAD_MUTEX_NORMAL);
	pthread_condattr_init(&attr);
	ck_assert_int_eq(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC),
	    0);
	ck_assert_int_eq(pthread_cond_init(&monotonic, &attr), 0);
	Pthread_mutex_lock(&mutex);
	do
		result = Pthread_cond_timedwait(&monotonic, &mutex, &until);
	while (result == 0);
	Pthread_mutex_unlock(&mutex);
	ck_assert_int_eq(result, ETIMEDOUT);
	ck_assert_int_ge(now_ms() - start, 58);
	pthread_cond_destroy(&monotonic);
}
END_TEST

START_TEST(condition_fails_by_the_policy)
{
	struct timespec never = { 0, -1 };

	make_mutex(PTHREAD_MUTEX_ERRORCHECK);
	ck_assert_fatal(Pthread_cond_wait(&cond, &mutex), EPERM,
	    "pthread_cond_wait error");
	Pthread_mutex_lock(&mutex);
	ck_assert_fatal(Pthread_cond_timedwait(&cond, &mutex, &never), EINVAL,
	    "pthread_cond_timedwait error");
	Pthread_mutex_unlock(&mutex);
}
END_TEST

/*
 * Thread-specific data.
 */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static atomic_int inits, destroyed;

static void
destroy(void *value)
{
	ck_assert(value != NULL);
	atomic_fetch_add(&destroyed, 1);
}

static void
make_key(void)
{
	atomic_fetch_add(&inits, 1);
	Pthread_key_create(&key, destroy);
}

static void *
have_a_value(void *arg)
{
	Pthread_once(&once, make_key);
	if (pthread_getspecific(key) != NULL)
		return NULL;
	Pthread_setspecific(key, arg);
	return pthread_getspecific(key);
}

START_TEST(threads_have_values_of_their_own)
{
	pthread_t threads[THREADS];
	int there[THREADS];
	void *value;

	for (int i = 0; i < THREADS; i++)
		Pthread_create(&threads[i], NULL, have_a_value, &there[i]);
	for (int i = 0; i < THREADS; i++) {
		Pthread_join(threads[i], &value);
		ck_assert_ptr_eq(value, &there[i]);
	}
	ck_assert_int_eq(atomic_load(&inits), 1);
	ck_assert_int_eq(atomic_load(&destroyed), THREADS);
	Pthread_key_create(&key, NULL);
	Pthread_setspecific(key, NULL);
	ck_assert(pthread_getspecific(key) == NULL);
}
END_TEST

static void
take_all_keys(void)
{
	for (int i = 0; i <= PTHREAD_KEYS_MAX; i++)
		Pthread_key_create(&key, NULL);
}

START_TEST(keys_fail_by_the_policy)
{
	ck_assert_fatal(take_all_keys(), EAGAIN, "pthread_key_create error");
#ifdef __GLIBC__	/* musl believes that it is a key */
	ck_assert_fatal(Pthread_setspecific(PTHREAD_KEYS_MAX, &key), EINVAL,
	    "pthread_setspecific error");
#endif
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "threads");

	tcase_add_test(tc, thread_is_created_and_joined);
	tcase_add_test(tc, join_is_not_interrupted);
	tcase_add_test(tc, thread_is_detached);
	tcase_add_test(tc, signal_goes_to_a_thread);
	tcase_add_test(tc, threads_fail_by_the_policy);

	tc = add_case(suite, "mutexes");
	tcase_add_loop_test(tc, mutex_excludes, 0, 2);
	tcase_add_test(tc, mutex_is_shared_by_processes);
	tcase_add_test(tc, mutex_fails_by_the_policy);

	tc = add_case(suite, "conditions");
	tcase_add_test(tc, condition_is_signalled);
	tcase_add_test(tc, condition_is_broadcast);
	tcase_add_test(tc, condition_is_waited_for_a_time);
	tcase_add_test(tc, condition_has_a_clock);
	tcase_add_test(tc, condition_fails_by_the_policy);

	tc = add_case(suite, "keys");
	tcase_add_test(tc, threads_have_values_of_their_own);
	tcase_add_test(tc, keys_fail_by_the_policy);
}

int
main(void)
{
	return run_suite("thread", fill);
}
