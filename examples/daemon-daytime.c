/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The daytime service (RFC 867) as a daemon, or started by inetd or xinetd.
 *
 *	PROGRAM [PORT]	goes into the background and serves until it is killed
 *	PROGRAM -i	serves the client that is its standard input and output
 *
 * Either way it has no terminal: messages go to syslog.
 */
#include <unpwrap.h>

#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define NAME		"daemon-daytime"
#define PAUSE_MS	100

/* A failure concerns this client alone: the next one is waiting. */
static void
tell_time(int fd)
{
	time_t now = time(NULL);
	char text[64];
	struct tm tm;
	size_t len;

	len = strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y\r\n",
	    localtime_r(&now, &tm));
	if (writen(fd, text, len) == -1)
		err_ret("cannot tell the time");
}

static void
serve(int listenfd)
{
	struct sockaddr_storage addr;
	struct sockaddr *client = (struct sockaddr *)&addr;
	const char *name;
	socklen_t len;
	int fd;

	for (;;) {
		len = sizeof(addr);
		fd = accept(listenfd, client, &len);
		if (fd == -1) {
			err_ret("accept error");
			Poll(NULL, 0, PAUSE_MS);	/* it may pass */
			continue;
		}
		/* Some systems have no address of a client that is gone. */
		name = sock_ntop(client, len);
		err_msg("connection from %s", name != NULL ? name : "nobody");
		tell_time(fd);
		Close(fd);
	}
}

/* The socket comes first: if its port is taken, whoever started us is still
 * told so.  daemon_init leaves the socket open. */
int
main(int argc, char *argv[])
{
	int listenfd;

	if (argc > 2)
		err_quit("usage: %s [PORT | -i]", argv[0]);
	if (argc > 1 && strcmp(argv[1], "-i") == 0) {
		daemon_inetd(NAME, LOG_DAEMON);
		tell_time(STDIN_FILENO);
		return 0;
	}
	listenfd = Tcp_listen(NULL, argc > 1 ? argv[1] : "13", NULL);
	if (daemon_init(NAME, LOG_DAEMON) == -1)
		err_sys("cannot become a daemon");
	serve(listenfd);
}
