/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <string.h>

#define LINE_MAX_BYTES	4096	/* MAXLINE */

static int
is_from(const struct sockaddr *from, socklen_t from_len,
    const struct sockaddr *server, socklen_t len)
{
	if (from_len < len)
		len = from_len;
	if (sock_cmp_addr(from, server, len) != 0)
		return 0;
	return sock_get_port(server, len) == -1 ||	/* it has none */
	    sock_cmp_port(from, server, len) == 0;
}

/* A reply from elsewhere is reported and not taken for the server's (book
 * section 8.8). */
void
dg_cli(FILE *fp, int fd, const struct sockaddr *server, socklen_t len)
{
	char line[LINE_MAX_BYTES], reply[LINE_MAX_BYTES + 1];
	struct sockaddr_storage from;
	socklen_t from_len;
	ssize_t n;

	while (Fgets(line, sizeof(line), fp) != NULL) {
		Sendto(fd, line, strlen(line), 0, server, len);
		for (;;) {
			from_len = sizeof(from);
			n = Recvfrom(fd, reply, sizeof(reply) - 1, 0,
			    (struct sockaddr *)&from, &from_len);
			if (is_from((struct sockaddr *)&from, from_len,
			    server, len))
				break;
			err_msg("dg_cli: reply from %s is ignored",
			    Sock_ntop((struct sockaddr *)&from, from_len));
		}
		reply[n] = '\0';
		Fputs(reply, stdout);
	}
}
EXPORT(dg_cli);
