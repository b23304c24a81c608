/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "conclude.h"
#include "output.h"
#include "plot.h"
#include "unpwrap.h"

static void
say(const struct threshold *t, const struct result *r)
{
	double value = t->figure->value(r);
	char text[DURATION_TEXT_MAX];

	if (t->figure->of == FIGURE_OF_ECHOES && r->sum.latency.total == 0)
		err_msg("failed by %.*s: there is no echo", t->length,
		    t->text);
	else if (t->figure->unit == FIGURE_TIME)
		err_msg("failed by %.*s: it is %s", t->length, t->text,
		    duration_text(value, text));
	else
		err_msg("failed by %.*s: it is %.10g", t->length, t->text,
		    value);
}

static int
status_of_failures(const struct result *r, const struct report_how *how)
{
	enum verdict worst = load_worst(&r->sum);
	int status = expect_status(&how->expectation, worst);

	if (how->expectation.list != NULL && status != 0 && !how->quiet)
		err_msg("expected %s, got %s", how->expectation.list,
		    verdicts[worst].token);
	return status;
}

static int
status_of(const struct result *r, const struct report_how *how,
    const struct thresholds *fail_if)
{
	const struct threshold *t;
	int failed = 0;
	size_t i = 0;

	while ((t = thresholds_next(fail_if, &i, r)) != NULL) {
		failed = 1;
		if (!how->quiet)
			say(t, r);
	}
	if (failed)
		return verdicts[VERDICT_EXPECTATION_MISSED].status;
	if (thresholds_have(fail_if, "errors") &&
	    how->expectation.list == NULL)
		return 0;
	return status_of_failures(r, how);
}

static void
write_hdr(const char *path, const struct result *r)
{
	FILE *file = fopen(path, "w");

	if (file == NULL)
		err_sys("%s", path);
	result_hdr(file, r);
	if (ferror(file) || fclose(file) == EOF)
		err_sys("%s", path);
}

static int
draw(const char *path, const struct result *r)
{
	char why[WHY_MAX];

	if (plot(path, r, why) == 0)
		return 0;
	err_msg("--plot: %s", why);
	return -1;
}

int
conclude(const struct result *r, const struct report_how *how,
    const struct conclude_how *more)
{
	int status = status_of(r, how, &more->fail_if);
	int is_drawn = 1;

	if (how->json)
		result_json(stdout, r, status);
	else if (more->csv)
		result_csv(stdout, r);
	else if (!how->quiet)
		result_table(stdout, r);
	if (more->hdr != NULL)
		write_hdr(more->hdr, r);
	if (more->plot != NULL)
		is_drawn = draw(more->plot, r) == 0;
	flush_output();		/* if it fails, the files are there */
	return status == 0 && !is_drawn ?
	    verdicts[VERDICT_NOT_PLOTTED].status : status;
}
