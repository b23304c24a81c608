/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The UDP echo server: each datagram goes back to its sender, whoever that is.
 * Usage: PROGRAM [PORT]
 *
 * It knows no clients, only datagrams: iterative, and yet nobody waits for
 * another one.  What is lost, the client has to send again (echo-client-udp).
 */
#include <unpwrap.h>

int
main(int argc, char *argv[])
{
	struct sockaddr_storage from;
	int fd;

	if (argc > 2)
		err_quit("usage: %s [PORT]", argv[0]);
	fd = Udp_server(NULL, argc > 1 ? argv[1] : "9877", NULL);
	dg_echo(fd, (struct sockaddr *)&from, sizeof(from));
	return 0;
}
