/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "attempt.h"
#include "descriptors.h"
#include "merge.h"
#include "outputs.h"
#include "plain.h"
#include "settings.h"
#include "versus.h"

#include <signal.h>

static int
attempt_once(const struct settings *s)
{
	struct outcome outcome;

	attempt_run(&s->attempt, &outcome);
	report(&outcome, &s->report);
	return expect_status(&s->report.expectation, outcome.verdict);
}

static int
run(const struct settings *s)
{
	if (s->given[MERGE])
		return merge_run(s->files, s->n_files, &s->report,
		    &s->campaign.conclude);
	if (s->given[VERSUS])
		return versus_run(&s->campaign, s->endpoints, s->n_endpoints,
		    &s->report);
	if (s->is_load)
		return campaign_run(&s->campaign, &s->report);
	if (s->is_probe)
		return probe_run(&s->attempt, &s->probe, &s->report);
	return attempt_once(s);
}

int
main(int argc, char *argv[])
{
	struct settings s;
	int status;

	open_standard_descriptors();
	plain_messages();
	signal(SIGPIPE, SIG_IGN);
	settings_parse(argc, argv, &s);
	outputs_check(s.campaign.conclude.hdr, s.campaign.conclude.plot);
	status = run(&s);
	settings_free(&s);
	return status;
}
