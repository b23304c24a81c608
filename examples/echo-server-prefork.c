/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The prefork echo server: four workers share a listening socket, and the
 * library's supervisor keeps them running.  Usage: PROGRAM [PORT]
 *
 * TERM stops it once the clients that it has are served, after 5 seconds at the
 * latest, HUP replaces the workers, and a worker that is killed is replaced.
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

	int fd;

	(void)arg;
	unpwrap_worker_ready(worker);
	for (;;) {
		Poll(ready, 2, -1);
		if (ready[1].revents != 0)
			return 0;	/* told to finish */
		fd = accept(listenfd, NULL, NULL);
		if (fd == -1) {
			if (errno != EAGAIN)
				Poll(NULL, 0, 100);	/* it may pass */
			continue;
		}
		str_echo(fd);
		Close(fd);
	}
}

int
main(int argc, char *argv[])
{
	struct unpwrap_prefork prefork = {
		.workers = 4, .drain_ms = 5000, .serve = serve,
	};
	int result;

	listenfd = Tcp_listen(NULL, argc > 1 ? argv[1] : "9877", NULL);
	Fcntl(listenfd, F_SETFL, Fcntl(listenfd, F_GETFL, 0) | O_NONBLOCK);
	result = unpwrap_prefork(&prefork);
	if (result == -1)
		err_sys("cannot keep workers running");
	return result;
}
