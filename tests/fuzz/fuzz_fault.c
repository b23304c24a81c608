/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The grammar of faults, a line each; and what an accepted one is asked then.
 */
#include "course.h"
#include "fuzz.h"
#include "in_band.h"

#include <netinet/in.h>
#include <string.h>

static void
check_range(const struct fault_range *range)
{
	must(range->first >= 1);
	must(range->first <= range->last);
}

static void
check_fault(const struct fault *f)
{
	unsigned keys = fault_rows[f->kind].keys;

	must(f->kind < FAULT_KINDS);
	must(f->after == 0 || (keys & KEY_AFTER) != 0);
	must(f->size >= 1 || (keys & KEY_SIZE) == 0);
	must(f->size <= COURSE_ROOM || f->kind == FAULT_TRUNCATE);
	must(f->rate >= 1 || (keys & KEY_RATE) == 0);
	must(0 <= f->jitter_ns && f->jitter_ns <= f->time_ns);
	must(f->probability >= 0 && f->probability <= 1);
	must(f->nconns <= RANGES_MAX);
	for (unsigned i = 0; i < f->nconns; i++)
		check_range(&f->conns[i]);
	must(f->prefix <= (f->family == AF_INET ? 32 : 128));
	must(f->from_ns >= 0 && f->for_ns >= 0 && f->period_ns >= 0);
	must(f->period_ns == 0 || (0 < f->for_ns && f->for_ns <=
	    f->period_ns));
}

/* Until it changes it stays as it is. */
static void
check_window(const struct fault *f)
{
	int64_t now = -1, until;

	for (int i = 0; i < 8 && now != INT64_MAX; i++, now = until) {
		int active = fault_active(f, now);

		until = fault_changes(f, now);
		must(until > now);
		must(now >= 0 || !active);
		must(fault_active(f, now + (until - now) / 2) == active ||
		    now < 0);
		must(fault_active(f, until - 1) == active || now < 0);
	}
}

static void
check_choice(const struct fault_plan *plan)
{
	struct sockaddr_in6 client6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in client = { .sin_family = AF_INET };
	uint32_t none = plan->n == FAULTS_MAX ? 0 :
	    UINT32_MAX << plan->n;

	for (uint64_t number = 1; number < 10; number++) {
		uint32_t chosen = fault_choose(plan, number,
		    (struct sockaddr *)&client);

		must((chosen & none) == 0);
		must(chosen == fault_choose(plan, number,
		    (struct sockaddr *)&client));
		fault_choose(plan, number, (struct sockaddr *)&client6);
	}
}

static void
parse(const char *text, struct fault_plan *plan)
{
	unsigned before = plan->n;
	char why[WHY_MAX] = "";

	if (fault_parse(text, plan, why) == -1) {
		must(why[0] != '\0' && memchr(why, 0, WHY_MAX) != NULL);
		must(plan->n == before);
		return;
	}
	must(plan->n == before + 1 && plan->n <= FAULTS_MAX);
	check_fault(&plan->faults[before]);
	check_window(&plan->faults[before]);
}

static void
ask_in_band(const uint8_t *data, size_t size)
{
	struct fault_plan asked;
	char why[WHY_MAX];
	size_t len = 0;

	if (in_band_line((const char *)data, size, &len) != 1)
		return;
	must(len <= size && len <= IN_BAND_MAX && data[len - 1] == '\n');
	if (in_band_parse((const char *)data, len, 5, &asked, why) == -1)
		return;
	must(asked.n >= 1 && asked.n <= 4);
	for (unsigned i = 0; i < asked.n; i++)
		must(fault_is(asked.faults[i].kind, FAULT_IN_BAND));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), *rest = text, *line;
	struct fault_plan plan = { .n = 0, .seed = size };

	while ((line = strsep(&rest, "\n")) != NULL)
		parse(line, &plan);
	check_choice(&plan);
	fault_of_listener(&plan, 0);
	free(text);
	ask_in_band(data, size);
	return 0;
}
