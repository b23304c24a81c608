/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "load_sum.h"
#include "result_member.h"

const struct result_member result_counts[] = {
	{ "offered",	offsetof(struct load_sum, offered) },
	{ "echoes",	offsetof(struct load_sum, echoes) },
	{ "lost",	offsetof(struct load_sum, lost) },
	{ "outstanding", offsetof(struct load_sum, outstanding) },
	{ "unsent",	offsetof(struct load_sum, unsent) },
	{ "late",	offsetof(struct load_sum, late) },
	{ "bytes",	offsetof(struct load_sum, bytes) },
	{ "connects",	offsetof(struct load_sum, connects) },
	{ "retransmits", offsetof(struct load_sum, retransmits) },
	{ NULL,		0 }
};

const struct result_member result_times[] = {
	{ "latency",	offsetof(struct load_sum, latency) },
	{ "service",	offsetof(struct load_sum, service) },
	{ "connect",	offsetof(struct load_sum, connect) },
	{ NULL,		0 }
};
