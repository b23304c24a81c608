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

struct pool {
	struct server	*server;
	pthread_mutex_t	 mutex;		/* who has it accepts */
	struct acceptor	 acceptor;
	int		 is_over;
};

/* Once it is over, it is over for all: another thread would take what has come
 * since. */
static int
take_turn(struct pool *pool, struct peer *peer)
{
	int fd = ACCEPT_OVER;

	pthread_mutex_lock(&pool->mutex);
	if (!pool->is_over)
		fd = acceptor_next(&pool->acceptor, peer);
	pool->is_over = fd == ACCEPT_OVER;
	pthread_mutex_unlock(&pool->mutex);
	return fd;
}

static void *
serve_in_turn(void *arg)
{
	char buffer[DRIVE_BUFFER];
	struct pool *pool = arg;
	struct peer peer;
	int fd;

	while ((fd = take_turn(pool, &peer)) >= 0)
		serve_blocking(pool->server, fd, &peer, buffer);
	return NULL;
}

/* A pool that is smaller than was asked for serves too.  Returns its size. */
static unsigned
start_threads(struct pool *pool, pthread_t *threads)
{
	unsigned n;

	for (n = 0; n < pool->server->threads; n++) {
		int error = thread_start(&threads[n], serve_in_turn, pool);

		if (error != 0) {
			log_error("cannot start a thread", error);
			break;
		}
	}
	return n;
}

static int
serve_by(struct pool *pool, pthread_t *threads)
{
	unsigned n = start_threads(pool, threads);

	for (unsigned i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	return n == 0;
}

int
serve_prethread(struct server *server)
{
	struct pool pool = {
		.server = server, .mutex = PTHREAD_MUTEX_INITIALIZER,
	};
	pthread_t *threads = calloc(server->threads, sizeof(*threads));
	int status = 1;

	if (threads == NULL ||
	    acceptor_open(&pool.acceptor, server, 0) == -1) {
		log_error("cannot serve", errno);
	} else {
		status = serve_by(&pool, threads);
		acceptor_close(&pool.acceptor);
	}
	free(threads);
	return status;
}
