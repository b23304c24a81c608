/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The server's log: one line for each event, with named fields, as text or
 * JSON.  Logging does not wait: a line that does not fit is dropped, and
 * counted.  Only where processes find room for the last line in a pipe at the
 * same moment, one of them may wait for its reader.
 */
#ifndef LOG_H
#define LOG_H

#include <stddef.h>
#include <stdint.h>

#include "connection.h"
#include "stats.h"

enum log_level { LEVEL_ERROR, LEVEL_NOTICE, LEVEL_DETAIL };

struct log_field {
	const char	*key;
	const char	*text;		/* NULL: the number */
	uint64_t	 number;
};

struct peer;

/* path NULL: standard error.  json needs a build with jansson.  Returns 0, or
 * -1: errno is open(2)'s. */
int	 log_open(const char *path, int json);
/* Opens the path again, after the file was moved away. */
void	 log_reopen(void);
/* What is logged: this level and those before it. */
void	 log_set_level(enum log_level);
int	 log_has_level(enum log_level);
/* Where dropped lines are counted: for all processes, or a child's would be
 * forgotten with it. */
void	 log_count_dropped(counter *);

void	 log_event(enum log_level, const char *event,
	    const struct log_field *fields, size_t n);
#define log_fields(level, event, ...)					\
	log_event(level, event,						\
	    (const struct log_field[]){ __VA_ARGS__ },			\
	    sizeof((const struct log_field[]){ __VA_ARGS__ }) /		\
	    sizeof(struct log_field))

/* log_json.c: the form of a line.  The caller frees it; NULL: no memory. */
int	 log_has_json(void);
char	*log_format_json(const char *time, const char *event,
	    const struct log_field *, size_t n);

/* An error of the system, at most a few a second: an attack must not fill the
 * disk. */
void	 log_error(const char *event, int error);
/* The end of a connection. */
void	 log_connection(const struct peer *, enum cause, uint64_t in,
	    uint64_t out);
/* A fault that struck behind so many bytes of the echo. */
void	 log_fault(const struct peer *, enum fault_kind, uint64_t offset);

#endif
