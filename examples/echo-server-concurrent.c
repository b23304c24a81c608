/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The concurrent echo server: a child for each client.  Usage: PROGRAM [PORT]
 *
 * Signal comes before the first Fork: a child that ends is reaped by sig_chld,
 * and no zombie stays.  Accept goes on when that signal interrupts it.
 */
#include <unpwrap.h>

#include <signal.h>
#include <stdlib.h>

int
main(int argc, char *argv[])
{
	int listenfd = Tcp_listen(NULL, argc > 1 ? argv[1] : "9877", NULL);

	Signal(SIGCHLD, sig_chld);
	for (;;) {
		int fd = Accept(listenfd, NULL, NULL);

		if (Fork() == 0) {
			Close(listenfd);
			str_echo(fd);
			exit(0);
		}
		Close(fd);	/* or the client would never see an end */
	}
}
