/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "drive.h"
#include "thread.h"

#include <signal.h>
#include <unistd.h>

#define FRAMES		65536	/* for all but the buffer */

/* The system's minimum has what it needs itself, which differs by processor. */
static size_t
stack_size(void)
{
	long least = sysconf(_SC_THREAD_STACK_MIN);
	long page = sysconf(_SC_PAGESIZE);
	size_t size = DRIVE_BUFFER + FRAMES + (least > 0 ? (size_t)least : 0);

	return (size + (size_t)page - 1) & ~((size_t)page - 1);
}

/* A new thread has the mask of the one that made it.  The worker's signals are
 * its first thread's, whose poll(2) they interrupt. */
static int
start_without_signals(pthread_t *thread, const pthread_attr_t *attr,
    void *(*run)(void *), void *arg)
{
	sigset_t all, old;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(thread, attr, run, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return error;
}

int
thread_start(pthread_t *thread, void *(*run)(void *), void *arg)
{
	pthread_attr_t attr;
	pthread_t unused;
	int error = pthread_attr_init(&attr);

	if (error != 0)
		return error;
	pthread_attr_setstacksize(&attr, stack_size());
	if (thread == NULL)
		pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	error = start_without_signals(thread != NULL ? thread : &unused,
	    &attr, run, arg);
	pthread_attr_destroy(&attr);
	return error;
}
