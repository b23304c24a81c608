/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "deadline.h"
#include "output.h"
#include "progress.h"
#include "quantity.h"
#include "result.h"
#include "unpwrap.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REDRAW_NS	(250 * NSEC_PER_MSEC)
#define BAR		20

struct progress {
	struct progress_how how;
	int64_t	 begun_at, shown_at, due_at;
	struct load_sum before;		/* when it was shown last */
	struct load_sum since;
};

static int
is_bar(const struct progress *p)
{
	return !p->how.stream && p->how.interval_ns == 0;
}

/* From one time that it is shown to the next. */
static int64_t
step(const struct progress *p)
{
	if (p->how.interval_ns != 0)
		return p->how.interval_ns;
	return p->how.stream ? NSEC_PER_SEC : REDRAW_NS;
}

struct progress *
progress_new(const struct progress_how *how)
{
	struct progress *p;

	if (!how->stream && how->interval_ns == 0 && !isatty(STDERR_FILENO))
		return NULL;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		err_sys("memory");
	p->how = *how;
	p->begun_at = p->shown_at = monotonic_ns();
	p->due_at = p->begun_at + step(p);
	return p;
}

int64_t
progress_at(const struct progress *p)
{
	return p == NULL ? DEADLINE_NONE : p->due_at;
}

static void
put_bar(const struct progress *p, int64_t now)
{
	char bar[BAR + 1];
	double part = p->how.length_ns == 0 ? 0 :
	    (double)(now - p->begun_at) / (double)p->how.length_ns;
	size_t full = part > 1 ? BAR : (size_t)(part * BAR);

	memset(bar, '.', BAR);
	memset(bar, '#', full);
	bar[BAR] = '\0';
	/* Without wrapping: a narrow terminal would keep each line. */
	fprintf(stderr, "\r\033[?7l[%s] ", bar);
}

static void
put_line(const struct progress *p, const struct load_sum *sum, int64_t now)
{
	double s = (double)(now - p->shown_at) / (double)NSEC_PER_SEC;
	char p50[DURATION_TEXT_MAX], p99[DURATION_TEXT_MAX];
	const struct histogram *h = &p->since.latency;

	if (is_bar(p))
		put_bar(p, now);
	fprintf(stderr, "%.1fs %.0f/s %.1fMB/s p50 %s p99 %s failed %" PRIu64
	    "%s", (double)(now - p->begun_at) / (double)NSEC_PER_SEC,
	    (double)p->since.echoes / s, (double)p->since.bytes / s / 1e6,
	    duration_text((double)histogram_quantile(h, .5), p50),
	    duration_text((double)histogram_quantile(h, .99), p99),
	    load_failures(is_bar(p) ? sum : &p->since), is_bar(p) ?
	    "\033[K\033[?7h" : "\n");
	fflush(stderr);
}

static void
put_object(const struct progress *p, int64_t now)
{
	result_json_interval(stdout, &p->since, p->shown_at - p->begun_at,
	    now - p->begun_at);
	flush_output();
}

void
progress_show(struct progress *p, const struct load_sum *sum)
{
	int64_t now = monotonic_ns();

	load_sum_difference(&p->since, sum, &p->before);
	if (p->how.stream)
		put_object(p, now);
	else
		put_line(p, sum, now);
	p->before = *sum;
	p->shown_at = now;
	if (p->due_at <= now)
		p->due_at += ((now - p->due_at) / step(p) + 1) * step(p);
}

void
progress_end(struct progress *p, const struct load_sum *sum)
{
	if (p != NULL && p->how.stream)
		progress_show(p, sum);
	else if (p != NULL && is_bar(p))
		fputs("\r\033[K", stderr);
	free(p);
}
