/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "gnuplot.h"
#include "plot.h"
#include "quantity.h"
#include "unpwrap.h"

#include <errno.h>
#include <string.h>

#define TICKS	20	/* from point to point x grows by x/TICKS */

static const struct terminal {
	const char	*suffix;
	const char	*name;
} terminals[] = {
	{ ".svg", "svg size 900,540 dynamic background 'white' noenhanced" },
	{ ".png", "pngcairo size 900,540 noenhanced" },
};

static const struct terminal *
terminal_of(const char *path)
{
	size_t n = strlen(path), length;

	for (size_t i = 0; i < sizeof(terminals) / sizeof(terminals[0]); i++) {
		length = strlen(terminals[i].suffix);
		if (n > length && strcmp(path + n - length,
		    terminals[i].suffix) == 0)
			return &terminals[i];
	}
	return NULL;
}

int
plot_can(const char *path)
{
	return terminal_of(path) != NULL;
}

/* Between single quotes only the quote itself is special to gnuplot, and is
 * doubled.  Plain text contains no newline. */
static void
put_quoted(FILE *script, const char *text)
{
	putc('\'', script);
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			putc('\'', script);
		putc(*text, script);
	}
	putc('\'', script);
}

/* Closer and closer to 1, up to where only the highest value is left: the x
 * axis is 1 / (1 - quantile). */
static void
put_points(FILE *script, const struct histogram *h)
{
	double x = 1, factor = 1 + 1.0 / TICKS;

	for (; x < (double)h->total; x *= factor)
		fprintf(script, "%.9g %.9g\n", x, (double)histogram_quantile(h,
		    1 - 1 / x) / (double)NSEC_PER_MSEC);
	fprintf(script, "%.9g %.9g\ne\n", (double)h->total,
	    (double)h->max / (double)NSEC_PER_MSEC);
}

/* A mark is a format to gnuplot, too. */
static void
put_marks(FILE *script)
{
	static const char *const names[] = { "0 %%", "90 %%", "99 %%",
	    "99.9 %%", "99.99 %%", "99.999 %%", "99.9999 %%",
	    "99.99999 %%" };
	size_t n = sizeof(names) / sizeof(names[0]);
	double x = 1;

	fprintf(script, "set xtics ('50 %%%%' 2");
	for (size_t i = 0; i < n; i++, x *= 10)
		fprintf(script, ", '%s' %.0f", names[i], x);
	fprintf(script, ")\n");
}

/* The curves that there are. */
struct curve {
	const char	*name;
	const struct histogram *histogram;
};

static size_t
curves_of(const struct result *r, struct curve curves[3])
{
	const struct curve all[] = {
		{ r->mode == LOAD_CHURN ? "session" : r->rate != 0 ?
		    "response" : "echo", &r->sum.latency },
		{ "service", &r->sum.service },
		{ "connect", &r->sum.connect },
	};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].histogram->total > 0)
			curves[n++] = all[i];
	return n;
}

static void
put_title(FILE *script, const struct result *r)
{
	char title[sizeof(r->server) + 128];

	snprintf(title, sizeof(title), "%s: %s, %llu connections, %llu echoes, "
	    "%.1f/s", r->server, result_loop(r),
	    (unsigned long long)r->connections,
	    (unsigned long long)r->sum.echoes, result_rate(r));
	fputs("set title ", script);
	put_quoted(script, title);
	putc('\n', script);
}

static void
put_script(FILE *script, const char *terminal, const struct result *r,
    const struct curve *curves, size_t n)
{
	fprintf(script, "set terminal %s\n", terminal);
	put_title(script, r);
	fprintf(script, "set xlabel 'percentile'\nset ylabel 'time, ms'\n"
	    "set logscale xy\nset format y '%%g'\nset grid\n"
	    "set key top left\nset rmargin 5\n");
	put_marks(script);
	for (size_t i = 0; i < n; i++)
		fprintf(script, "%s '-' title '%s' with lines linewidth 2",
		    i == 0 ? "plot" : ",", curves[i].name);
	putc('\n', script);
	for (size_t i = 0; i < n; i++)
		put_points(script, curves[i].histogram);
}

static int
write_file(const char *path, FILE *picture, char why[WHY_MAX])
{
	FILE *file = fopen(path, "w");
	int c, error;

	if (file == NULL)
		return refuse(why, "%.150s: %s", path, strerror(errno));
	rewind(picture);
	while ((c = getc(picture)) != EOF && putc(c, file) != EOF)
		;
	error = errno;
	if (ferror(picture) || ferror(file)) {
		fclose(file);
		return refuse(why, "%.150s: %s", path, strerror(error));
	}
	if (fclose(file) == EOF)
		return refuse(why, "%.150s: %s", path, strerror(errno));
	return 0;
}

/* The picture that gnuplot makes of it is in the file. */
static int
draw(FILE *script, FILE *picture, char why[WHY_MAX])
{
	if (fflush(script) == EOF)
		return refuse(why, "temporary file: %s", strerror(errno));
	rewind(script);
	return gnuplot_run(script, picture, why);
}

int
plot(const char *path, const struct result *r, char why[WHY_MAX])
{
	struct curve curves[3];
	size_t n = curves_of(r, curves);
	FILE *script, *picture;
	int status = -1;

	if (n == 0)
		return refuse(why, "there is no latency to be drawn");
	script = tmpfile();
	if (script == NULL)
		return refuse(why, "temporary file: %s", strerror(errno));
	picture = tmpfile();
	if (picture == NULL) {
		fclose(script);
		return refuse(why, "temporary file: %s", strerror(errno));
	}
	put_script(script, terminal_of(path)->name, r, curves, n);
	if (draw(script, picture, why) == 0)
		status = write_file(path, picture, why);
	fclose(script);
	fclose(picture);
	return status;
}
