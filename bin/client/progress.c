/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "deadline.h"
#include "progress.h"
#include "quantity.h"
#include "result.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REDRAW_NS	(250 * NSEC_PER_MSEC)
#define BAR		20

struct progress {
	int	 is_line;	/* it is drawn again and again */
	int64_t	 interval_ns, length_ns;
	int64_t	 begun_at, shown_at;
	struct load_sum before;		/* when it was shown last */
	struct histogram since;
};

struct progress *
progress_new(int64_t interval_ns, int64_t length_ns)
{
	struct progress *p;

	if (interval_ns == 0 && !isatty(STDERR_FILENO))
		return NULL;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return NULL;
	p->is_line = interval_ns == 0;
	p->interval_ns = interval_ns == 0 ? REDRAW_NS : interval_ns;
	p->length_ns = length_ns;
	p->begun_at = p->shown_at = monotonic_ns();
	return p;
}

int64_t
progress_at(const struct progress *p)
{
	return p == NULL ? DEADLINE_NONE : p->shown_at + p->interval_ns;
}

static void
put_bar(const struct progress *p, int64_t now)
{
	char bar[BAR + 1];
	double part = p->length_ns == 0 ? 0 :
	    (double)(now - p->begun_at) / (double)p->length_ns;
	size_t full = part > 1 ? BAR : (size_t)(part * BAR);

	memset(bar, '.', BAR);
	memset(bar, '#', full);
	bar[BAR] = '\0';
	fprintf(stderr, "\r[%s] ", bar);
}

void
progress_show(struct progress *p, const struct load_sum *sum)
{
	int64_t now = monotonic_ns();
	double s = (double)(now - p->shown_at) / (double)NSEC_PER_SEC;
	char p50[DURATION_TEXT_MAX], p99[DURATION_TEXT_MAX];

	histogram_difference(&p->since, &sum->latency, &p->before.latency);
	if (p->is_line)
		put_bar(p, now);
	fprintf(stderr, "%.1fs %.0f/s %.1fMB/s p50 %s p99 %s failed %" PRIu64
	    "%s", (double)(now - p->begun_at) / (double)NSEC_PER_SEC,
	    (double)(sum->echoes - p->before.echoes) / s,
	    (double)(sum->bytes - p->before.bytes) / s / 1e6,
	    duration_text((double)histogram_quantile(&p->since, .5), p50),
	    duration_text((double)histogram_quantile(&p->since, .99), p99),
	    load_failures(sum), p->is_line ? "\033[K" : "\n");
	fflush(stderr);
	p->before = *sum;
	p->shown_at = now;
}

void
progress_free(struct progress *p)
{
	if (p != NULL && p->is_line)
		fputs("\r\033[K", stderr);
	free(p);
}
