/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define NO_ERROR	(-1)	/* the message does not speak of errno */

/* One pointer, so that a thread sees the whole old policy or the whole new. */
static const struct unpwrap_error_policy default_policy;
static _Atomic(const struct unpwrap_error_policy *) in_force = &default_policy;

const struct unpwrap_error_policy *
unpwrap_error_policy(const struct unpwrap_error_policy *policy)
{
	if (policy == NULL)
		policy = &default_policy;
	return atomic_exchange(&in_force, policy);
}

void
unpwrap_report_syslog(int priority, const char *message, void *arg)
{
	(void)arg;
	syslog(priority, "%s", message);
}

static void
report_stderr(const char *message)
{
	fflush(stdout);		/* keep the order where both are one terminal */
	fprintf(stderr, "%s\n", message);
	fflush(stderr);
}

static const char *
program_name(const struct unpwrap_error_policy *policy)
{
	if (policy->program != NULL)
		return policy->program;
	if (policy->report == NULL && daemon_proc)
		return "";	/* syslog(3) puts it there */
#ifdef HAVE_GETPROGNAME
	return getprogname();
#else
	return program_invocation_short_name;
#endif
}

/* strerror_r(3) in its GNU or its POSIX form. */
static const char *
error_text(int error, char *buf, size_t size)
{
#ifdef STRERROR_R_CHAR_P
	return strerror_r(error, buf, size);
#else
	if (strerror_r(error, buf, size) != 0)
		snprintf(buf, size, "error %d", error);
	return buf;
#endif
}

/* Appends to a string that was cut where it is as long as its buffer. */
static size_t __attribute__((__format__(__printf__, 4, 0)))
append(char *buf, size_t size, size_t len, const char *format, va_list args)
{
	int n = vsnprintf(len < size ? buf + len : NULL,
	    len < size ? size - len : 0, format, args);

	return n < 0 ? len : len + (size_t)n;
}

static size_t __attribute__((__format__(__printf__, 4, 5)))
appendf(char *buf, size_t size, size_t len, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	len = append(buf, size, len, format, args);
	va_end(args);
	return len;
}

/* Returns the length that the message has or would have: as snprintf(3). */
static size_t __attribute__((__format__(__printf__, 5, 0)))
compose(char *buf, size_t size, const char *program, int error,
    const char *format, va_list args)
{
	char text[128];
	va_list copy;
	size_t len = 0;

	buf[0] = '\0';
	if (program[0] != '\0')
		len = appendf(buf, size, len, "%s: ", program);
	va_copy(copy, args);
	len = append(buf, size, len, format, copy);
	va_end(copy);
	if (error != NO_ERROR)
		len = appendf(buf, size, len, ": %s",
		    error_text(error, text, sizeof(text)));
	return len;
}

/* The stack serves for nearly every message; a longer one is not cut while
 * there is memory, and is marked where there is none. */
static void __attribute__((__format__(__printf__, 4, 0)))
report(const struct unpwrap_error_policy *policy, int priority, int error,
    const char *format, va_list args)
{
	const char *program = program_name(policy);
	char small[1024], *large = NULL, *message = small;
	size_t len = compose(small, sizeof(small), program, error, format,
	    args);

	if (len >= sizeof(small)) {
		large = malloc(len + 1);
		if (large != NULL) {
			compose(large, len + 1, program, error, format, args);
			message = large;
		} else {
			strcpy(small + sizeof(small) - 4, "...");
		}
	}
	if (policy->report != NULL)
		policy->report(priority, message, policy->arg);
	else if (daemon_proc)
		unpwrap_report_syslog(priority, message, NULL);
	else
		report_stderr(message);
	free(large);
}

/* A second thread must not call exit(3), which would cut off what the first one
 * still does there; nor may a function of atexit(3) that fails in its turn.  A
 * child has a copy of the number, and is not meant by it. */
static void UNPWRAP_NORETURN
exit_once(void)
{
	static atomic_long ending;	/* this process */
	static _Thread_local int by_us;

	if (by_us) {
		fflush(NULL);
		_exit(EXIT_FAILURE);
	}
	if (atomic_exchange(&ending, (long)getpid()) == (long)getpid())
		for (;;)
			pause();
	by_us = 1;
	exit(EXIT_FAILURE);
}

static void UNPWRAP_NORETURN
end_process(const struct unpwrap_error_policy *policy)
{
	if (policy->fatal != NULL)
		policy->fatal(EXIT_FAILURE, policy->arg);
	exit_once();
}

#define REPORT(policy, priority, error, format)	do {			\
	va_list args_;							\
	va_start(args_, format);					\
	report(policy, priority, error, format, args_);			\
	va_end(args_);							\
} while (0)

void
err_msg(const char *format, ...)
{
	int error = errno;

	REPORT(atomic_load(&in_force), LOG_INFO, NO_ERROR, format);
	errno = error;
}
EXPORT(err_msg);

void
err_ret(const char *format, ...)
{
	int error = errno;

	REPORT(atomic_load(&in_force), LOG_INFO, error, format);
	errno = error;
}
EXPORT(err_ret);

void
err_quit(const char *format, ...)
{
	const struct unpwrap_error_policy *policy = atomic_load(&in_force);

	REPORT(policy, LOG_ERR, NO_ERROR, format);
	end_process(policy);
}
EXPORT(err_quit);

void
err_sys(const char *format, ...)
{
	const struct unpwrap_error_policy *policy = atomic_load(&in_force);

	REPORT(policy, LOG_ERR, errno, format);
	end_process(policy);
}
EXPORT(err_sys);

void
err_dump(const char *format, ...)
{
	REPORT(atomic_load(&in_force), LOG_ERR, errno, format);
	abort();
}
EXPORT(err_dump);
