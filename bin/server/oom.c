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

/* Above the score that the supervisor has. */
static const int above[] = { [OOM_WORKER] = 250, [OOM_CHILD] = 500 };

/* Made beforehand: what snprintf(3) touches, each fork would have to copy. */
static struct score {
	char	 text[8];
	int	 length;
} scores[sizeof(above) / sizeof(above[0])];

/* A supervisor that is protected, by less than 0, is that alone. */
void
oom_begin(void)
{
	char text[16] = "";
	int fd = open(OOM_SCORE, O_RDONLY | O_CLOEXEC), own = 0;

	if (fd == -1)
		return;
	if (read(fd, text, sizeof(text) - 1) > 0)
		own = atoi(text);
	close(fd);
	if (own < 0)
		own = 0;
	for (size_t i = 0; i < sizeof(above) / sizeof(above[0]); i++)
		scores[i].length = snprintf(scores[i].text,
		    sizeof(scores[i].text), "%d",
		    own + above[i] < MOST ? own + above[i] : MOST);
}

/* To raise one's own score needs no privilege. */
void
oom_prefer(enum oom who)
{
	int fd = open(OOM_SCORE, O_WRONLY | O_CLOEXEC);
	ssize_t written;

	if (fd == -1)
		return;
	written = write(fd, scores[who].text, (size_t)scores[who].length);
	(void)written;
	close(fd);
}
