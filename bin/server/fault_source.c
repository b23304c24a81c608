/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "fault_source.h"
#include "gate.h"
#include "vanish.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LINE_SIZE	1024	/* of a file, with its end */

/* Returns 0, or the errno value that says why this host cannot. */
static int
probe(enum fault_kind kind)
{
	if (fault_is(kind, FAULT_OF_LISTENER))
		return gate_probe();
	if (fault_is(kind, FAULT_VANISHES))
		return vanish_probe();
	return 0;
}

static int
add(const struct fault_source *source, struct fault_plan *plan,
    const char *text, char why[WHY_MAX])
{
	char reason[WHY_MAX];
	enum fault_kind kind;
	int error;

	if (fault_parse(text, plan, reason) == -1)
		return refuse(why, "\"%.80s\": %.160s", text, reason);
	kind = plan->faults[plan->n - 1].kind;
	if (source->for_unix && fault_is(kind, FAULT_OF_TCP))
		return refuse(why, "\"%.80s\": a UNIX-domain socket knows "
		    "nothing of the kind", text);
	error = probe(kind);
	if (error == 0)
		return 0;
	return refuse(why, "\"%.80s\": not on this host: %s; \"hang\" or a "
	    "packet filter may do", text, strerror(error));
}

static char *
stripped(char *line)
{
	size_t n;

	line[strcspn(line, "#\n")] = '\0';
	line += strspn(line, " \t\r");
	n = strlen(line);
	while (n > 0 && strchr(" \t\r", line[n - 1]) != NULL)
		line[--n] = '\0';
	return line;
}

static int
add_line(const struct fault_source *source, struct fault_plan *plan,
    char line[LINE_SIZE], int is_last, char why[WHY_MAX])
{
	char *text;

	if (strchr(line, '\n') == NULL && !is_last)
		return refuse(why, "a null byte, or a line of more than %d "
		    "bytes", LINE_SIZE - 2);
	text = stripped(line);
	return text[0] != '\0' ? add(source, plan, text, why) : 0;
}

static int
add_lines(const struct fault_source *source, struct fault_plan *plan, FILE *fp,
    char why[WHY_MAX])
{
	char line[LINE_SIZE], reason[WHY_MAX];

	for (int n = 1; fgets(line, sizeof(line), fp) != NULL; n++)
		if (add_line(source, plan, line, feof(fp), reason) == -1)
			return refuse(why, "%.60s:%d: %.180s", source->file, n,
			    reason);
	if (ferror(fp))
		return refuse(why, "%.80s: %s", source->file, strerror(errno));
	return 0;
}

static int
add_file(const struct fault_source *source, struct fault_plan *plan,
    char why[WHY_MAX])
{
	FILE *fp = fopen(source->file, "re");
	int result;

	if (fp == NULL)
		return refuse(why, "%.80s: %s", source->file, strerror(errno));
	result = add_lines(source, plan, fp, why);
	fclose(fp);
	return result;
}

static int
add_texts(const struct fault_source *source, struct fault_plan *plan,
    char why[WHY_MAX])
{
	for (unsigned i = 0; i < source->n; i++)
		if (add(source, plan, source->texts[i], why) == -1)
			return -1;
	return 0;
}

int
fault_source_read(const struct fault_source *source, struct fault_plan *plan,
    char why[WHY_MAX])
{
	char reason[WHY_MAX];

	plan->n = 0;
	plan->seed = source->seed;
	if (add_texts(source, plan, reason) == -1)
		return refuse(why, "--fault: %.240s", reason);
	if (source->file != NULL && add_file(source, plan, reason) == -1)
		return refuse(why, "--fault-file: %.240s", reason);
	return 0;
}
