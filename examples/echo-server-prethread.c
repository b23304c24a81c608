/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The prethreaded echo server: a pool of threads, each of which accepts a
 * client and serves it to its end.  Usage: PROGRAM [PORT]
 *
 * The kernel hands each connection to one thread: no mutex around accept is
 * needed.  When every thread has a client, the next one waits in the queue.
 */
#include <unpthread.h>

#define THREADS		16
#define PAUSE_MS	100

/* Not Accept, which would end all threads for a lack of descriptors that may be
 * over in a moment. */
static void *
serve(void *arg)
{
	int listenfd = *(int *)arg, fd;

	for (;;) {
		fd = accept(listenfd, NULL, NULL);
		if (fd == -1) {
			if (errno != ECONNABORTED)
				Poll(NULL, 0, PAUSE_MS);
			continue;
		}
		str_echo(fd);
		Close(fd);
	}
	return NULL;
}

int
main(int argc, char *argv[])
{
	pthread_t threads[THREADS];
	int listenfd;

	if (argc > 2)
		err_quit("usage: %s [PORT]", argv[0]);
	listenfd = Tcp_listen(NULL, argc > 1 ? argv[1] : SERV_PORT_STR, NULL);
	for (int i = 0; i < THREADS; i++)
		Pthread_create(&threads[i], NULL, serve, &listenfd);
	for (int i = 0; i < THREADS; i++)
		Pthread_join(threads[i], NULL);
	return 0;
}
