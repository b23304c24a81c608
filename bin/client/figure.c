/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "figure.h"

#define OF_SUM(name, expression)					\
static double								\
name(const struct result *r)						\
{									\
	return (double)(expression);					\
}

OF_SUM(elapsed, r->sum.elapsed_ns)
OF_SUM(offered, r->sum.offered)
OF_SUM(echoes, r->sum.echoes)
OF_SUM(lost, r->sum.lost)
OF_SUM(outstanding, r->sum.outstanding)
OF_SUM(unsent, r->sum.unsent)
OF_SUM(late, r->sum.late)
OF_SUM(bytes, r->sum.bytes)
OF_SUM(connects, r->sum.connects)
OF_SUM(errors, load_failures(&r->sum))
OF_SUM(retransmits, r->sum.retransmits)
OF_SUM(least, histogram_min(&r->sum.latency))
OF_SUM(mean, histogram_mean(&r->sum.latency))
OF_SUM(deviation, histogram_deviation(&r->sum.latency))
OF_SUM(p50, histogram_quantile(&r->sum.latency, .5))
OF_SUM(p90, histogram_quantile(&r->sum.latency, .9))
OF_SUM(p99, histogram_quantile(&r->sum.latency, .99))
OF_SUM(p99_9, histogram_quantile(&r->sum.latency, .999))
OF_SUM(p99_99, histogram_quantile(&r->sum.latency, .9999))
OF_SUM(most, r->sum.latency.max)

const struct figure figures[] = {
	{ "rate", FIGURE_NUMBER, result_rate, 0 },
	{ "throughput", FIGURE_SIZE, result_bytes, 0 },
	{ "elapsed", FIGURE_TIME, elapsed, 0 },
	{ "offered", FIGURE_NUMBER, offered, 0 },
	{ "echoes", FIGURE_NUMBER, echoes, 0 },
	{ "lost", FIGURE_NUMBER, lost, 0 },
	{ "outstanding", FIGURE_NUMBER, outstanding, 0 },
	{ "unsent", FIGURE_NUMBER, unsent, 0 },
	{ "late", FIGURE_NUMBER, late, 0 },
	{ "bytes", FIGURE_SIZE, bytes, 0 },
	{ "connects", FIGURE_NUMBER, connects, 0 },
	{ "errors", FIGURE_NUMBER, errors, 0 },
	{ "retransmits", FIGURE_NUMBER, retransmits, 0 },
	{ "min", FIGURE_TIME, least, 1 },
	{ "mean", FIGURE_TIME, mean, 1 },
	{ "stddev", FIGURE_TIME, deviation, 1 },
	{ "p50", FIGURE_TIME, p50, 1 },
	{ "p90", FIGURE_TIME, p90, 1 },
	{ "p99", FIGURE_TIME, p99, 1 },
	{ "p99.9", FIGURE_TIME, p99_9, 1 },
	{ "p99.99", FIGURE_TIME, p99_99, 1 },
	{ "max", FIGURE_TIME, most, 1 },
	{ NULL, FIGURE_NUMBER, NULL, 0 }
};
