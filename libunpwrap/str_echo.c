/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <poll.h>
#include <unistd.h>

#define CHUNK	16384	/* if below a message, Nagle's algorithm delays */

void
str_echo(int fd)
{
	char buf[CHUNK];
	ssize_t got;

	for (;;) {
		got = read(fd, buf, sizeof(buf));
		if (got == 0)
			return;
		if (got == -1) {
			if (retry(fd, POLLIN))
				continue;
			err_ret("str_echo: read error");
			return;
		}
		if (writen(fd, buf, (size_t)got) == -1) {
			err_ret("str_echo: write error");
			return;
		}
	}
}
EXPORT(str_echo);
