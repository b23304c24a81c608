/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "figure.h"
#include "quantity.h"

#include <inttypes.h>
#include <stdio.h>

/* A double holds a count exactly up to 2^53. */
static void
put_figure(FILE *out, const struct figure *figure, const struct result *r)
{
	double value = figure->value(r);

	if (figure->of == FIGURE_OF_ECHOES && r->sum.latency.total == 0)
		return;
	if (figure->unit == FIGURE_TIME)
		fprintf(out, "%.9f", in_seconds(value));
	else
		fprintf(out, "%.17g", value);
}

/* A path may have commas and quotes. */
static void
put_text(FILE *out, const char *text)
{
	putc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	putc('"', out);
}

void
result_csv_settings(FILE *out, const struct result *r)
{
	put_text(out, r->server);
	fprintf(out, ",%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
	    ",%.15g", result_loop(r), r->connections, r->depth, r->length,
	    r->length_max, r->rate);
}

void
result_csv(FILE *out, const struct result *r)
{
	fprintf(out, "server,loop,connections,depth,length,length_max,"
	    "scheduled_rate");
	for (const struct figure *f = figures; f->name != NULL; f++)
		fprintf(out, ",%s", f->name);
	putc('\n', out);
	result_csv_settings(out, r);
	for (const struct figure *f = figures; f->name != NULL; f++) {
		putc(',', out);
		put_figure(out, f, r);
	}
	putc('\n', out);
}
