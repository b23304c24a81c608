/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The echo client.  Usage: PROGRAM [HOST [PORT]]
 *
 * str_cli watches the user and the server at once: kill the server's child
 * while nothing is typed, and it says so without waiting for a line.
 */
#include <unpwrap.h>

int
main(int argc, char *argv[])
{
	const char *host = argc > 1 ? argv[1] : "localhost";
	const char *port = argc > 2 ? argv[2] : "9877";

	str_cli(stdin, Tcp_connect(host, port));
	return 0;
}
