/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "oom.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define OOM_SCORE	"/proc/self/oom_score_adj"	/* Linux */
#define MOST		1000

static int own;

/* A supervisor that is protected, by less than 0, is that alone. */
void
oom_begin(void)
{
	char text[16] = "";
	int fd = open(OOM_SCORE, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return;
	if (read(fd, text, sizeof(text) - 1) > 0)
		own = atoi(text);
	if (own < 0)
		own = 0;
	close(fd);
}

/* To raise one's own score needs no privilege. */
void
oom_prefer(int more)
{
	char text[16];
	int fd = open(OOM_SCORE, O_WRONLY | O_CLOEXEC);
	int n = snprintf(text, sizeof(text), "%d", own + more < MOST ?
	    own + more : MOST);
	ssize_t written;

	if (fd == -1)
		return;
	written = write(fd, text, (size_t)n);
	(void)written;
	close(fd);
}
