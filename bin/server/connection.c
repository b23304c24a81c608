/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "connection.h"
#include "course.h"

#include <errno.h>

const char *const cause_names[CAUSES] = {
	[CAUSE_CLOSED]		= "closed",
	[CAUSE_RESET]		= "reset",
	[CAUSE_IDLE_TIMEOUT]	= "idle-timeout",
	[CAUSE_WRITE_TIMEOUT]	= "write-timeout",
	[CAUSE_HOST_DEAD]	= "host-dead",
	[CAUSE_ERROR]		= "error",
	[CAUSE_FAULT]		= "fault",
	[CAUSE_KILLED]		= "killed",
};

static enum want
end_by(struct connection *c, enum cause cause, enum want how)
{
	c->cause = cause;
	return how;
}

enum want
connection_start(struct connection *c, struct course *course, char *buffer)
{
	c->start = c->end = 0;
	c->course = course;
	c->buffer = buffer;
	return course == NULL ? WANT_READ : course_begin(c);
}

size_t
connection_room(const struct connection *c)
{
	return c->course == NULL ? 0 : course_room(c);
}

enum want
connection_read(struct connection *c, size_t n)
{
	if (c->course != NULL)
		return course_read(c, n);
	if (n == 0)
		return end_by(c, CAUSE_CLOSED, WANT_CLOSE);
	c->start = 0;
	c->end = n;
	return WANT_WRITE;
}

enum want
connection_wrote(struct connection *c, size_t n)
{
	if (c->course != NULL)
		return course_wrote(c, n);
	c->start += n;
	return c->start < c->end ? WANT_WRITE : WANT_READ;
}

enum want
connection_done(struct connection *c)
{
	return course_next(c);
}

enum want
connection_read_timeout(struct connection *c)
{
	return end_by(c, CAUSE_IDLE_TIMEOUT, WANT_FINISH);
}

/* The client's window is closed: an orderly end could not be sent either. */
enum want
connection_write_timeout(struct connection *c)
{
	return end_by(c, CAUSE_WRITE_TIMEOUT, WANT_RESET);
}

enum want
connection_let_go(struct connection *c)
{
	return end_by(c, CAUSE_FAULT, WANT_RESET);
}

enum want
connection_failed(struct connection *c, int error)
{
	static const struct {
		int		 error;
		enum cause	 cause;
	} causes[] = {
		{ ECONNRESET,	CAUSE_RESET },
		{ EPIPE,	CAUSE_RESET },
		{ ETIMEDOUT,	CAUSE_HOST_DEAD },
		{ EHOSTUNREACH,	CAUSE_HOST_DEAD },
		{ ENETUNREACH,	CAUSE_HOST_DEAD },
		{ EHOSTDOWN,	CAUSE_HOST_DEAD },
		{ ENETDOWN,	CAUSE_HOST_DEAD },
	};

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (causes[i].error == error)
			return end_by(c, causes[i].cause, WANT_CLOSE);
	return end_by(c, CAUSE_ERROR, WANT_CLOSE);
}
