/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "acceptor.h"
#include "blocking.h"
#include "drive.h"
#include "log.h"
#include "model.h"
#include "thread.h"

#include <errno.h>
#include <stdlib.h>

/* What a thread is told.  Those that are not in use are kept: a thread that
 * allocates has, with some libraries, memory of its own for that. */
struct job {
	struct job	*next;
	struct crowd	*crowd;
	int		 fd;
	struct peer	 peer;
};

struct crowd {
	struct server	*server;
	pthread_mutex_t	 mutex;		/* of all below */
	pthread_cond_t	 is_over;
	uint64_t	 threads;
	struct job	*unused;
};

static struct job *
job_take(struct crowd *crowd)
{
	struct job *job;

	pthread_mutex_lock(&crowd->mutex);
	job = crowd->unused;
	if (job != NULL)
		crowd->unused = job->next;
	crowd->threads++;
	pthread_mutex_unlock(&crowd->mutex);
	return job != NULL ? job : malloc(sizeof(*job));
}

/* The connection of the thread has ended, or never begun.  job: may be NULL. */
static void
job_done(struct crowd *crowd, struct job *job)
{
	pthread_mutex_lock(&crowd->mutex);
	if (job != NULL) {
		job->next = crowd->unused;
		crowd->unused = job;
	}
	if (--crowd->threads == 0)
		pthread_cond_signal(&crowd->is_over);
	pthread_mutex_unlock(&crowd->mutex);
}

static void *
serve_one(void *arg)
{
	char buffer[DRIVE_BUFFER];
	struct job *job = arg;

	serve_blocking(job->crowd->server, job->fd, &job->peer, buffer);
	job_done(job->crowd, job);
	return NULL;
}

static void
start_thread(struct crowd *crowd, struct acceptor *acceptor, int fd,
    const struct peer *peer)
{
	struct job *job = job_take(crowd);
	int error = ENOMEM;

	if (job != NULL) {
		job->crowd = crowd;
		job->fd = fd;
		job->peer = *peer;
		error = thread_start(NULL, serve_one, job);
	}
	if (error == 0)
		return;
	log_error("cannot start a thread", error);
	job_done(crowd, job);
	acceptor_refuse(acceptor, peer, fd);
}

/* Threads that have not ended by the drain time go with the process. */
static void
wait_for_threads(struct crowd *crowd)
{
	pthread_mutex_lock(&crowd->mutex);
	while (crowd->threads > 0)
		pthread_cond_wait(&crowd->is_over, &crowd->mutex);
	pthread_mutex_unlock(&crowd->mutex);
}

static void
free_jobs(struct job *job)
{
	struct job *next;

	for (; job != NULL; job = next) {
		next = job->next;
		free(job);
	}
}

int
serve_thread(struct server *server)
{
	struct crowd crowd = {
		.server = server,
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.is_over = PTHREAD_COND_INITIALIZER,
	};
	struct acceptor acceptor;
	struct peer peer;
	int fd;

	if (acceptor_open(&acceptor, server, 0) == -1) {
		log_error("cannot serve", errno);
		return 1;
	}
	while ((fd = acceptor_next(&acceptor, &peer)) >= 0)
		start_thread(&crowd, &acceptor, fd, &peer);
	wait_for_threads(&crowd);
	acceptor_close(&acceptor);
	free_jobs(crowd.unused);
	return 0;
}
