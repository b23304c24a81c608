/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The prefork echo server: four workers share a listening socket, and the
 * library's supervisor keeps them running.  Usage: PROGRAM [PORT]
 *
 * TERM stops it once its clients are served, HUP replaces the workers, and a
 * worker that is killed is replaced.
 */
#include <unpwrap.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>

static int listenfd;

/* The listener does not block: another worker may have been faster. */
static int
serve(const struct unpwrap_worker *worker, void *arg)
{
	struct pollfd ready[] = {
		{ .fd = listenfd, .events = POLLIN },
		{ .fd = worker->stopfd, .events = POLLIN },
	};

	(void)arg;
	for (;;) {
		int fd = accept(listenfd, NULL, NULL);

		if (fd != -1) {
			unpwrap_worker_ready(worker);
			str_echo(fd);
			Close(fd);
			continue;
		}
		if (errno != EAGAIN)
			Poll(NULL, 0, 100);	/* out of descriptors, say */
		else if (ready[1].revents)
			return 0;	/* told to stop, and nobody waits */
		else
			Poll(ready, 2, -1);
	}
}

int
main(int argc, char *argv[])
{
	struct unpwrap_prefork prefork = {
		.workers = 4, .drain_ms = 5000, .serve = serve,
	};

	listenfd = Tcp_listen(NULL, argc > 1 ? argv[1] : "9877", NULL);
	Fcntl(listenfd, F_SETFL, O_NONBLOCK);
	return unpwrap_prefork(&prefork);
}
