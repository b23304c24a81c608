/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"
#include "unprtt.h"

/*
 * Round-trip time estimation for a UDP application that retransmits: Jacobson's
 * estimators, begun as the book begins them (section 22.5), and time stamps in
 * the place of Karn's rule.  Times in a struct rtt_info are in seconds.
 */
int rtt_d_flag = 0;

static float
timeout_of(const struct rtt_info *rtt)
{
	float timeout = rtt->rtt_srtt + 4.0f * rtt->rtt_rttvar;

	if (timeout < RTT_RXTMIN)
		return RTT_RXTMIN;
	return timeout > RTT_RXTMAX ? RTT_RXTMAX : timeout;
}

/* The base keeps the milliseconds of rtt_ts in 32 bits; the monotonic clock is
 * not set back while a reply is under way. */
void
rtt_init(struct rtt_info *rtt)
{
	rtt->rtt_base = (uint32_t)(monotonic_ms() / 1000);
	rtt->rtt_rtt = 0;
	rtt->rtt_srtt = 0;
	rtt->rtt_rttvar = 0.75f;	/* the first timeout is 3 seconds */
	rtt->rtt_rto = timeout_of(rtt);
	rtt->rtt_nrexmt = 0;
}
EXPORT(rtt_init);

uint32_t
rtt_ts(struct rtt_info *rtt)
{
	return (uint32_t)(monotonic_ms() - (int64_t)rtt->rtt_base * 1000);
}
EXPORT(rtt_ts);

void
rtt_newpack(struct rtt_info *rtt)
{
	rtt->rtt_nrexmt = 0;
}
EXPORT(rtt_newpack);

int
rtt_start(struct rtt_info *rtt)
{
	return (int)(rtt->rtt_rto + 0.5f);
}
EXPORT(rtt_start);

void
rtt_stop(struct rtt_info *rtt, uint32_t ms)
{
	float delta;

	rtt->rtt_rtt = (float)ms / 1000.0f;
	delta = rtt->rtt_rtt - rtt->rtt_srtt;
	rtt->rtt_srtt += delta / 8;
	if (delta < 0)
		delta = -delta;
	rtt->rtt_rttvar += (delta - rtt->rtt_rttvar) / 4;
	rtt->rtt_rto = timeout_of(rtt);
}
EXPORT(rtt_stop);

int
rtt_timeout(struct rtt_info *rtt)
{
	rtt->rtt_rto *= 2;
	if (rtt->rtt_rto > RTT_RXTMAX)
		rtt->rtt_rto = RTT_RXTMAX;
	return ++rtt->rtt_nrexmt > RTT_MAXNREXMT ? -1 : 0;
}
EXPORT(rtt_timeout);

void
rtt_debug(struct rtt_info *rtt)
{
	if (rtt_d_flag == 0)
		return;
	fprintf(stderr, "rtt = %.3f, srtt = %.3f, rttvar = %.3f, rto = %.3f\n",
	    rtt->rtt_rtt, rtt->rtt_srtt, rtt->rtt_rttvar, rtt->rtt_rto);
	fflush(stderr);
}
EXPORT(rtt_debug);
