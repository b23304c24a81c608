/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "apart.h"
#include "crew.h"
#include "deadline.h"
#include "quantity.h"
#include "quota.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define GLANCE_NS	(5 * NSEC_PER_MSEC)
#define LOOK_NS		NSEC_PER_MSEC

struct hand {
	struct crew	*crew;
	struct load	*load;
	struct load_sum	*sum;		/* its thread's, until that ends */
	pthread_t	 thread;	/* but for the first, the caller's */
	unsigned	 answered;	/* the last look */
	char		 able;		/* it is counted as such */
	char		 over;		/* the run is; under the lock */
};

struct crew {
	size_t		 n;
	struct hand	**hands;
	struct load_run	 run;
	struct quota	 quota;
	atomic_int	 stop;
	atomic_uint	 look;		/* how often it was asked for */
	atomic_size_t	 able;		/* threads that can go on */
	pthread_mutex_t	 lock;		/* of what follows */
	size_t		 running;	/* threads */
	size_t		 awaited;	/* by a look */
	struct load_sum	*seen;		/* the sum of a look */
};

static void
show(struct hand *hand)
{
	struct crew *crew = hand->crew;

	pthread_mutex_lock(&crew->lock);
	load_sum_merge(crew->seen, hand->sum);
	crew->awaited--;
	hand->answered = atomic_load(&crew->look);
	pthread_mutex_unlock(&crew->lock);
}

/* A look that is under way takes this thread's sum now, its last one. */
static void
finish(struct hand *hand)
{
	struct crew *crew = hand->crew;

	load_end(hand->load);
	pthread_mutex_lock(&crew->lock);
	hand->over = 1;
	crew->running--;
	if (hand->answered != atomic_load(&crew->look)) {
		load_sum_merge(crew->seen, hand->sum);
		crew->awaited--;
	}
	pthread_mutex_unlock(&crew->lock);
}

static void
nap(int64_t until)
{
	int64_t left = until - monotonic_ns();
	struct timespec time = { .tv_nsec = left < GLANCE_NS ? left :
	    GLANCE_NS };

	if (left > 0)
		nanosleep(&time, NULL);
}

/* Returns 0 if the thread is to finish.  One whose connections have all failed
 * goes on as long as others send: what is left of its share of the schedule is
 * not sent. */
static int
go_on(struct hand *hand, int64_t until)
{
	struct crew *crew = hand->crew;

	if (load_go_on(hand->load, until))
		return 1;
	if (hand->able)
		atomic_fetch_sub(&crew->able, 1);
	hand->able = 0;
	if (!load_is_stranded(hand->load) || atomic_load(&crew->able) == 0)
		return 0;
	nap(until);
	return 1;
}

static void *
work(void *arg)
{
	struct hand *hand = arg;
	struct crew *crew = hand->crew;

	load_begin(hand->load, &crew->run, hand->sum);
	while (!atomic_load(&crew->stop) &&
	    go_on(hand, monotonic_ns() + GLANCE_NS))
		if (hand->answered != atomic_load(&crew->look))
			show(hand);
	finish(hand);
	return NULL;
}

static int
divide(const struct load_how *how, struct crew *crew)
{
	for (size_t i = 0; i < crew->n; i++) {
		struct load_how own = *how;
		struct hand *hand = apart(1, sizeof(*hand));

		if (hand == NULL)
			return -1;
		crew->hands[i] = hand;
		own.share = share_of(i, crew->n, how->connections);
		own.connections = own.share.own;
		own.opening = (how->opening + crew->n - 1) / crew->n;
		hand->crew = crew;
		hand->sum = apart(1, sizeof(*hand->sum));
		if (i > 0)
			own.first = 0;
		hand->load = load_new(&own);
		if (hand->sum == NULL || hand->load == NULL)
			return -1;
	}
	return 0;
}

struct crew *
crew_new(const struct load_how *how, size_t threads)
{
	struct crew *crew = apart(1, sizeof(*crew));

	if (crew == NULL)
		return NULL;
	crew->n = threads;
	pthread_mutex_init(&crew->lock, NULL);
	crew->hands = calloc(threads, sizeof(struct hand *));
	if (crew->hands != NULL && divide(how, crew) == 0)
		return crew;
	crew_close(crew);
	return NULL;
}

static int
prove_all(struct crew *crew, const struct load_how *how, enum verdict *worst,
    char why[WHY_MAX])
{
	size_t opened = 0;

	for (size_t i = 0; i < crew->n; i++) {
		struct load *load = crew->hands[i]->load;
		int error = load_prove(load, worst);

		opened += load_opened(load);
		if (error == 0)
			continue;
		if (error != EIO) {
			*worst = VERDICT_LOCAL_ERROR;
			snprintf(why, WHY_MAX, "%s", strerror(error));
			return -1;
		}
		load_refuse(why, opened, how->connections, *worst);
		if (*worst == VERDICT_OK)
			*worst = VERDICT_TIMED_OUT;
		return -1;
	}
	return 0;
}

struct crew *
crew_open(const struct load_how *how, size_t threads, enum verdict *worst,
    char why[WHY_MAX])
{
	struct crew *crew = crew_new(how, threads);

	if (crew == NULL) {
		*worst = VERDICT_LOCAL_ERROR;
		snprintf(why, WHY_MAX, "%s", strerror(errno));
		return NULL;
	}
	if (prove_all(crew, how, worst, why) == 0)
		return crew;
	crew_close(crew);
	return NULL;
}

void
crew_close(struct crew *crew)
{
	for (size_t i = 0; crew->hands != NULL && i < crew->n; i++) {
		if (crew->hands[i] == NULL)
			continue;
		if (crew->hands[i]->load != NULL)
			load_close(crew->hands[i]->load);
		free(crew->hands[i]->sum);
		free(crew->hands[i]);
	}
	pthread_mutex_destroy(&crew->lock);
	free(crew->hands);
	free(crew);
}

/* The threads are not there yet: each has its turn here. */
int
crew_wait(struct crew *crew, int64_t ns)
{
	int64_t part = ns / (int64_t)crew->n, now = monotonic_ns();
	int able = 0;

	for (size_t i = 0; i < crew->n; i++) {
		struct hand *hand = crew->hands[i];

		able |= load_wait(hand->load, hand->sum,
		    now + ((int64_t)i + 1) * part);
	}
	return able;
}

static void
prepare(struct hand *hand)
{
	hand->over = 0;
	hand->able = 1;
	hand->answered = atomic_load(&hand->crew->look);
}

/* A new thread has the mask of the one that made it: signals are the caller's,
 * whose wait they interrupt. */
static int
start(struct hand *hand)
{
	sigset_t all, old;
	int error;

	prepare(hand);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&hand->thread, NULL, work, hand);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return error;
}

/* Joins the threads before the n-th, but not the first: the caller's. */
static void
join(struct crew *crew, size_t n)
{
	for (size_t i = 1; i < n; i++)
		pthread_join(crew->hands[i]->thread, NULL);
}

int
crew_begin(struct crew *crew, const struct load_run *run)
{
	crew->run = *run;
	crew->run.begun_at = monotonic_ns();
	crew->run.quota = &crew->quota;
	quota_make(&crew->quota, run->count, crew->n);
	atomic_store(&crew->stop, 0);
	atomic_store(&crew->able, crew->n);
	crew->running = crew->n;
	for (size_t i = 1; i < crew->n; i++) {
		int error = start(crew->hands[i]);

		if (error == 0)
			continue;
		atomic_store(&crew->stop, 1);
		join(crew, i);
		return error;
	}
	prepare(crew->hands[0]);
	load_begin(crew->hands[0]->load, &crew->run, crew->hands[0]->sum);
	return 0;
}

static size_t
count_of(struct crew *crew, const size_t *count)
{
	size_t n;

	pthread_mutex_lock(&crew->lock);
	n = *count;
	pthread_mutex_unlock(&crew->lock);
	return n;
}

int
crew_go_on(struct crew *crew, int64_t until)
{
	struct hand *hand = crew->hands[0];

	if (hand->over)
		nap(until);
	else if (!go_on(hand, until))
		finish(hand);
	return count_of(crew, &crew->running) != 0;
}

void
crew_look(struct crew *crew, struct load_sum *sum)
{
	struct hand *own = crew->hands[0];

	memset(sum, 0, sizeof(*sum));
	pthread_mutex_lock(&crew->lock);
	crew->seen = sum;
	crew->awaited = crew->running - !own->over;
	load_sum_merge(sum, own->sum);
	for (size_t i = 1; i < crew->n; i++)
		if (crew->hands[i]->over)
			load_sum_merge(sum, crew->hands[i]->sum);
	own->answered = atomic_fetch_add(&crew->look, 1) + 1;
	pthread_mutex_unlock(&crew->lock);
	while (count_of(crew, &crew->awaited) != 0)
		crew_go_on(crew, monotonic_ns() + LOOK_NS);
	sum->elapsed_ns = 0;
}

void
crew_end(struct crew *crew, struct load_sum *sum)
{
	int64_t before = sum->elapsed_ns, longest = 0;

	atomic_store(&crew->stop, 1);
	if (!crew->hands[0]->over)
		finish(crew->hands[0]);
	join(crew, crew->n);
	for (size_t i = 0; i < crew->n; i++) {
		struct load_sum *own = crew->hands[i]->sum;

		load_sum_merge(sum, own);
		if (own->elapsed_ns > longest)
			longest = own->elapsed_ns;
		memset(own, 0, sizeof(*own));
	}
	sum->elapsed_ns = before + longest;
}

int
crew_slice(struct crew *crew, int64_t ns, struct load_sum *sum)
{
	struct load_run run = { .time_ns = ns };
	int error = crew_begin(crew, &run);

	if (error != 0)
		return error;
	while (crew_go_on(crew, DEADLINE_NONE))
		;
	crew_end(crew, sum);
	return 0;
}
