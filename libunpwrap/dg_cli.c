/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <string.h>

#define LINE_MAX_BYTES	4096	/* MAXLINE */

/* A path may or may not end in a null byte.  An abstract name (Linux) begins
 * with one, and all of its bytes count. */
static int
is_same_path(const struct sockaddr *from, socklen_t from_len,
    const struct sockaddr *server, socklen_t len)
{
	size_t n, m;
	const char *one = unix_path(from, from_len, &n);
	const char *other = unix_path(server, len, &m);

	if (other[0] != '\0') {
		n = strnlen(one, n);
		m = strnlen(other, m);
	}
	return n == m && memcmp(one, other, n) == 0;
}

static int
is_from(const struct sockaddr *from, socklen_t from_len,
    const struct sockaddr *server, socklen_t len)
{
	if (!HAS_FAMILY(from_len))	/* a UNIX socket without a name */
		return 0;
	if (family_of(server) == AF_UNIX)
		return is_same_path(from, from_len, server, len);
	if (sock_cmp_addr(from, server, len) != 0)
		return 0;
	return sock_cmp_port(from, server, len) == 0;
}

/* A reply from elsewhere is reported and not taken for the server's (book
 * section 8.8). */
void
dg_cli(FILE *fp, int fd, const struct sockaddr *server, socklen_t len)
{
	char line[LINE_MAX_BYTES], reply[LINE_MAX_BYTES + 1];
	char text[ADDRESS_TEXT_MAX];
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
			    message_address((struct sockaddr *)&from,
			    from_len, text));
		}
		reply[n] = '\0';
		Fputs(reply, stdout);
	}
}
EXPORT(dg_cli);
