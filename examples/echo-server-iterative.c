/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The simplest echo server: one client after the other.  Usage: PROGRAM [PORT]
 * Try it with two clients at once: the second one waits.
 */
#include <unpwrap.h>

int
main(int argc, char *argv[])
{
	int listenfd = Tcp_listen(NULL, argc > 1 ? argv[1] : "9877", NULL);

	for (;;) {
		int fd = Accept(listenfd, NULL, NULL);

		str_echo(fd);
		Close(fd);
	}
}
