/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <sys/time.h>

#include <errno.h>
#include <time.h>

/* "13:45:07.123456" */
char *
gf_time(void)
{
	static _Thread_local char text[sizeof("00:00:00.000000")];
	struct timespec now;
	struct tm tm;

	if (clock_gettime(CLOCK_REALTIME, &now) == -1 ||
	    localtime_r(&now.tv_sec, &tm) == NULL)
		return NULL;
	strftime(text, sizeof(text), "%H:%M:%S", &tm);
	snprintf(text + 8, sizeof(text) - 8, ".%06u",
	    (unsigned)(now.tv_nsec / 1000) % 1000000);
	return text;
}
EXPORT(gf_time);

char *
Gf_time(void)
{
	char *text = gf_time();

	if (text == NULL)
		err_sys("gf_time error");
	return text;
}
EXPORT(Gf_time);

void
tv_sub(struct timeval *out, struct timeval *in)
{
	out->tv_usec -= in->tv_usec;
	if (out->tv_usec < 0) {
		out->tv_sec--;
		out->tv_usec += 1000000;
	}
	out->tv_sec -= in->tv_sec;
}
EXPORT(tv_sub);
