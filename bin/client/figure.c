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
	{ "rate", FIGURE_NUMBER, result_rate, FIGURE_OF_MESSAGES },
	{ "throughput", FIGURE_SIZE, result_bytes, FIGURE_OF_LOAD },
	{ "elapsed", FIGURE_TIME, elapsed, FIGURE_OF_LOAD },
	{ "offered", FIGURE_NUMBER, offered, FIGURE_OF_MESSAGES },
	{ "echoes", FIGURE_NUMBER, echoes, FIGURE_OF_MESSAGES },
	{ "lost", FIGURE_NUMBER, lost, FIGURE_OF_MESSAGES },
	{ "outstanding", FIGURE_NUMBER, outstanding, FIGURE_OF_MESSAGES },
	{ "unsent", FIGURE_NUMBER, unsent, FIGURE_OF_MESSAGES },
	{ "late", FIGURE_NUMBER, late, FIGURE_OF_MESSAGES },
	{ "bytes", FIGURE_SIZE, bytes, FIGURE_OF_LOAD },
	{ "connects", FIGURE_NUMBER, connects, FIGURE_OF_LOAD },
	{ "errors", FIGURE_NUMBER, errors, FIGURE_OF_LOAD },
	{ "retransmits", FIGURE_NUMBER, retransmits, FIGURE_OF_LOAD },
	{ "min", FIGURE_TIME, least, FIGURE_OF_ECHOES },
	{ "mean", FIGURE_TIME, mean, FIGURE_OF_ECHOES },
	{ "stddev", FIGURE_TIME, deviation, FIGURE_OF_ECHOES },
	{ "p50", FIGURE_TIME, p50, FIGURE_OF_ECHOES },
	{ "p90", FIGURE_TIME, p90, FIGURE_OF_ECHOES },
	{ "p99", FIGURE_TIME, p99, FIGURE_OF_ECHOES },
	{ "p99.9", FIGURE_TIME, p99_9, FIGURE_OF_ECHOES },
	{ "p99.99", FIGURE_TIME, p99_99, FIGURE_OF_ECHOES },
	{ "max", FIGURE_TIME, most, FIGURE_OF_ECHOES },
	{ NULL, FIGURE_NUMBER, NULL, FIGURE_OF_LOAD }
};
