/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "standings.h"

static const struct words {
	const char	*name;
	const char	*unit;
	const char	*rate;
	const char	*extra;		/* its own column's title */
} words[] = {
	[CONTEST_PING_PONG] = { "ping-pong", "us/echo", "echoes/s", "p99 us" },
	[CONTEST_BULK] = { "bulk", "us/MB", "MB/s", "segs" },
	[CONTEST_CHURN] = { "churn", "us/conn", "conns/s", "faults" },
	[CONTEST_IDLE] = { "idle", "", "", "" }
};

static double
latency_us(const struct contestant *one, double q)
{
	return (double)histogram_quantile(&one->sum->latency, q) / 1000;
}

static double
extra(const struct contest_how *how, const struct contestant *one)
{
	switch (how->mode) {
	case CONTEST_BULK:
		return one->usual.segments;
	case CONTEST_CHURN:
		return one->faults;
	default:
		return latency_us(one, 0.99);
	}
}

static void
print_failures(FILE *out, const struct contestant *one)
{
	enum verdict most = VERDICT_OK;

	for (enum verdict v = 0; v < VERDICTS; v++)
		if (one->sum->failed[v] > one->sum->failed[most])
			most = v;
	fprintf(out, "%llu failed: %s",
	    (unsigned long long)load_failures(one->sum),
	    verdicts[most].token);
}

static void
print_meaning(FILE *out, const struct contestant *one, const char *other)
{
	const struct interval *ratio = &one->cost_ratio;

	if (load_failures(one->sum) > 0)
		print_failures(out, one);
	else if (!interval_is_known(ratio))
		fprintf(out, "too few slices to say");
	else if (interval_side(ratio, 1) == 0)
		fprintf(out, "as %s: no difference", other);
	else if (ratio->median >= 2)
		fprintf(out, "%.1f times the CPU of %s", ratio->median, other);
	else if (ratio->median > 1)
		fprintf(out, "%.0f %% more CPU than %s",
		    100 * (ratio->median - 1), other);
	else
		fprintf(out, "%.0f %% less CPU than %s",
		    100 * (1 - ratio->median), other);
}

static void
print_row(FILE *out, const struct contest_how *how,
    const struct contestant *one, const struct contestant *other)
{
	fprintf(out, "%-12s %8.2f  %5.2f [%.2f, %.2f]", one->target.name,
	    one->usual.cost, one->cost_ratio.median, one->cost_ratio.low,
	    one->cost_ratio.high);
	fprintf(out, " %9.0f%c", one->usual.rate,
	    one->usual.load_cost > one->usual.cost ? '*' : ' ');
	if (one->calls < 0)
		fprintf(out, "%6s", "-");
	else
		fprintf(out, one->calls < 100 ? "%6.2f" : "%6.0f", one->calls);
	fprintf(out, " %7.1f  ", extra(how, one));
	if (one == other)
		fprintf(out, load_failures(one->sum) > 0 ? "" :
		    "the measure of the others");
	if (one != other || load_failures(one->sum) > 0)
		print_meaning(out, one, other->target.name);
	fputc('\n', out);
}

static void
print_idle_row(FILE *out, const struct contest_how *how,
    const struct contestant *one)
{
	double all = (one->base_kib + one->each_kib *
	    (double)how->connections) / 1024;

	fprintf(out, "%-12s %10.2f %10.0f %10zu  "
	    "%zu clients: %.1f MiB in all\n", one->target.name, one->each_kib,
	    one->base_kib, one->processes, how->connections, all);
}

static void
print_head(FILE *out, const struct contest_how *how)
{
	const struct words *w = &words[how->mode];

	if (how->mode == CONTEST_IDLE) {
		fprintf(out, "\nidle, %zu connections: memory of its "
		    "processes (PSS)\n%-12s %10s %10s %10s  meaning\n",
		    how->connections, "server", "KiB/conn", "KiB at 0",
		    "processes");
		return;
	}
	fprintf(out, "\n%s, %zu connection%s", w->name, how->connections,
	    how->connections == 1 ? "" : "s");
	if (how->mode != CONTEST_BULK)
		fprintf(out, " x %zu B", how->length);
	fprintf(out, ", %zu slices of %lld ms each\n%-12s %8s  %-20s %9s %6s "
	    "%7s  meaning\n", how->cycles,
	    (long long)(how->slice_ns / 1000000), "server", w->unit,
	    "to the measure [95%]", w->rate, "calls", w->extra);
}

void
standings_print(FILE *out, const struct contest_how *how,
    const struct contestant *all, size_t n, size_t against)
{
	unsigned disturbed = 0;
	int limited = 0;

	print_head(out, how);
	for (size_t i = 0; i < n; i++) {
		if (all[i].is_out)
			continue;
		if (how->mode == CONTEST_IDLE)
			print_idle_row(out, how, &all[i]);
		else
			print_row(out, how, &all[i], &all[against]);
		disturbed += all[i].disturbed;
		limited |= all[i].usual.load_cost > all[i].usual.cost;
	}
	for (size_t i = 0; i < n; i++)
		if (all[i].is_out)
			fprintf(out, "%-12s left out: %s\n",
			    all[i].target.name, all[i].why);
	if (disturbed > 0)
		fprintf(out, "%u slices were taken again: the machine had "
		    "other things to do\n", disturbed);
	if (limited)
		fprintf(out, "* the load had more to do than the server: its "
		    "speed is the load's\n");
}

static void
csv_row(FILE *out, const struct contest_how *how,
    const struct contestant *one, const char *against)
{
	fprintf(out, "%s,%zu,%zu,%s,%s,", words[how->mode].name,
	    how->connections, how->length, one->target.name, against);
	fprintf(out, "%.4f,%.4f,%.4f,%.4f,", one->usual.cost,
	    one->cost_ratio.median, one->cost_ratio.low,
	    one->cost_ratio.high);
	fprintf(out, "%.2f,%.4f,%.4f,%.4f,", one->usual.rate,
	    one->rate_ratio.median, one->rate_ratio.low,
	    one->rate_ratio.high);
	fprintf(out, "%.4f,%.4f,%.4f,%.4f,", one->usual.load_cost,
	    one->usual.segments, one->calls, one->faults);
	for (size_t i = 0; i < 4; i++)
		fprintf(out, "%.1f,", one->sum == NULL ? 0 : latency_us(one,
		    (const double[]){ 0.5, 0.9, 0.99, 0.999 }[i]));
	fprintf(out, "%.1f,%.2f,%.2f,%zu,%llu\n", one->sum == NULL ? 0 :
	    (double)one->sum->latency.max / 1000, one->each_kib,
	    one->base_kib, one->processes, one->sum == NULL ? 0ULL :
	    (unsigned long long)load_failures(one->sum));
}

void
standings_print_csv(FILE *out, const struct contest_how *how,
    const struct contestant *all, size_t n, size_t against, int titles)
{
	if (titles)
		fprintf(out, "mode,connections,length,server,against,"
		    "cost_us,cost_ratio,cost_low,cost_high,"
		    "rate,rate_ratio,rate_low,rate_high,"
		    "load_us,segments,calls,faults,"
		    "p50_us,p90_us,p99_us,p999_us,max_us,"
		    "idle_kib,base_kib,processes,failed\n");
	for (size_t i = 0; i < n; i++)
		if (!all[i].is_out)
			csv_row(out, how, &all[i], all[against].target.name);
}
