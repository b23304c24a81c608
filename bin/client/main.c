/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "attempt.h"
#include "descriptors.h"
#include "merge.h"
#include "settings.h"
#include "versus.h"

#include <signal.h>
#include <stdlib.h>

int
main(int argc, char *argv[])
{
	struct settings s;
	struct outcome outcome;
	int status;

	open_standard_descriptors();
	signal(SIGPIPE, SIG_IGN);
	settings_parse(argc, argv, &s);
	if (s.given[MERGE])
		return merge_run(s.files, s.n_files, &s.report,
		    &s.campaign.conclude);
	if (s.given[VERSUS]) {
		status = versus_run(&s.campaign, s.endpoints, s.n_endpoints,
		    &s.report);
		free(s.endpoints);
		return status;
	}
	if (s.is_load)
		return campaign_run(&s.campaign, &s.report);
	if (s.is_probe)
		return probe_run(&s.attempt, &s.probe, &s.report);
	attempt_run(&s.attempt, &outcome);
	report(&outcome, &s.report);
	return expect_status(&s.report.expectation, outcome.verdict);
}
