/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "moment.h"
#include "quantity.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#define SECONDS_MAX	INT64_C(9199999999)	/* fits as nanoseconds */

int64_t
moment_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

/* Exactly n digits; -1: there are not so many. */
static int
digits(const char **text, int n, int *value)
{
	*value = 0;
	for (; n > 0; n--, (*text)++) {
		if (!isdigit((unsigned char)**text))
			return -1;
		*value = *value * 10 + (**text - '0');
	}
	return 0;
}

static int
one_of(const char **text, const char *set)
{
	if (**text == '\0' || strchr(set, **text) == NULL)
		return -1;
	(*text)++;
	return 0;
}

/* A point and digits, or nothing; the first nine count. */
static int
fraction(const char **text, int64_t *ns)
{
	int64_t unit = NSEC_PER_SEC / 10;

	*ns = 0;
	if (**text != '.')
		return 0;
	(*text)++;
	if (!isdigit((unsigned char)**text))
		return -1;
	for (; isdigit((unsigned char)**text); (*text)++, unit /= 10)
		*ns += unit * (**text - '0');
	return 0;
}

static int
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
	    31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* From 1970-01-01 on. */
static int64_t
days_since_epoch(int year, int month, int day)
{
	int64_t days = day - 1;

	for (int y = 1970; y < year; y++)
		days += is_leap(y) ? 366 : 365;
	for (int m = 1; m < month; m++)
		days += days_in(year, m);
	return days;
}

static int
date_parse(const char **text, int64_t *seconds)
{
	int year, month, day;

	if (digits(text, 4, &year) == -1 || one_of(text, "-") == -1 ||
	    digits(text, 2, &month) == -1 || one_of(text, "-") == -1 ||
	    digits(text, 2, &day) == -1 || year < 1970 || month < 1 ||
	    month > 12 || day < 1 || day > days_in(year, month))
		return -1;
	*seconds = days_since_epoch(year, month, day) * 86400;
	return 0;
}

/* A leap second is the first one of the next minute, as for the system. */
static int
clock_parse(const char **text, int64_t *seconds)
{
	int hour, minute, second;

	if (digits(text, 2, &hour) == -1 || one_of(text, ":") == -1 ||
	    digits(text, 2, &minute) == -1 || one_of(text, ":") == -1 ||
	    digits(text, 2, &second) == -1 || hour > 23 || minute > 59 ||
	    second > 60)
		return -1;
	*seconds += hour * 3600 + minute * 60 + second;
	return 0;
}

static int
offset_parse(const char **text, int64_t *seconds)
{
	int hour, minute, sign = **text == '-' ? 1 : -1;

	if (one_of(text, "Zz") == 0)
		return 0;
	if (one_of(text, "+-") == -1 || digits(text, 2, &hour) == -1 ||
	    one_of(text, ":") == -1 || digits(text, 2, &minute) == -1 ||
	    hour > 23 || minute > 59)
		return -1;
	*seconds += sign * (hour * 3600 + minute * 60);
	return 0;
}

static int
rfc3339_parse(const char **text, int64_t *seconds, int64_t *ns)
{
	if (date_parse(text, seconds) == -1 || one_of(text, "Tt ") == -1 ||
	    clock_parse(text, seconds) == -1 || fraction(text, ns) == -1)
		return -1;
	return offset_parse(text, seconds);
}

static int
epoch_parse(const char **text, int64_t *seconds, int64_t *ns)
{
	if (!isdigit((unsigned char)**text))
		return -1;
	*seconds = 0;
	for (; isdigit((unsigned char)**text); (*text)++)
		if (*seconds <= SECONDS_MAX)
			*seconds = *seconds * 10 + (**text - '0');
	return fraction(text, ns);
}

int
moment_parse(const char *text, int64_t *ns, char why[WHY_MAX])
{
	int64_t seconds, part;
	int status = one_of(&text, "@") == 0 ?
	    epoch_parse(&text, &seconds, &part) :
	    rfc3339_parse(&text, &seconds, &part);

	if (status == -1 || *text != '\0')
		return refuse(why, "not a time such as 2026-11-22T10:00:00Z or "
		    "@1795341600.5");
	if (seconds < 0 || seconds > SECONDS_MAX)
		return refuse(why, "too far away");
	*ns = seconds * NSEC_PER_SEC + part;
	return 0;
}
