/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "options.h"
#include "unpwrap.h"

#include <assert.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>

#define OPTIONS_MAX	64	/* rows of a table */
#define NAMES		256	/* what getopt_long(3) returns of the first
				   name: no letter */

void
usage_error(const char *format, ...)
{
	char message[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	err_msg("%s", message);
	exit(EXIT_USAGE);
}

/* getopt_long(3) wants the table twice: as a string and as an array. */
struct getopt_tables {
	char		 letters[2 + 2 * OPTIONS_MAX];
	struct option	 names[OPTIONS_MAX + 1];
};

static int
is_optional(const struct option_row *row)
{
	return row->operand != NULL && row->operand[0] == '[';
}

/* The tables are all 0 before: what ends them is there. */
static void
fill(struct getopt_tables *tables, const struct option_row *table)
{
	char *letter = tables->letters;
	struct option *name = tables->names;

	*letter++ = ':';	/* tell a missing operand from a bad option */
	for (int i = 0; table[i].name != NULL; i++) {
		assert(i < OPTIONS_MAX);
		if (table[i].help == NULL)
			continue;
		name->name = table[i].name;
		name->has_arg = table[i].operand == NULL ? no_argument :
		    is_optional(&table[i]) ? optional_argument :
		    required_argument;
		name->flag = NULL;
		name->val = NAMES + i;
		name++;
		if (table[i].letter == '\0')
			continue;
		*letter++ = table[i].letter;
		if (table[i].operand != NULL)
			*letter++ = ':';
	}
}

static const struct option_row *
row_of(const struct option_row *table, int found)
{
	if (found >= NAMES)
		return &table[found - NAMES];
	while (table->help == NULL || table->letter != found)
		table++;
	return table;
}

static void __attribute__((__noreturn__))
bad_option(const struct option_row *table, int found, const char *word)
{
	const struct option_row *row;

	/* On BSD also an operand where none is taken. */
	row = found == ':' ? row_of(table, optopt) : NULL;
	if (row != NULL && row->operand != NULL)
		usage_error("--%s: %s is missing", row->name, row->operand);
	/* optopt is a letter, 0 for an unknown name, or the value of a name
	 * that takes no operand and was given one. */
	if (optopt >= NAMES)
		usage_error("--%s takes no operand", row_of(table,
		    optopt)->name);
	if (optopt != 0)
		usage_error("unknown option -%c (see --help)", optopt);
	usage_error("unknown or ambiguous option %s (see --help)", word);
}

int
options_parse(int argc, char *argv[], const struct option_row *table,
    void *settings)
{
	struct getopt_tables tables = { .letters = "" };
	const struct option_row *row;
	char why[WHY_MAX];
	int found;

	fill(&tables, table);
	opterr = 0;
	while ((found = getopt_long(argc, argv, tables.letters, tables.names,
	    NULL)) != -1) {
		if (found == '?' || found == ':')
			bad_option(table, found, argv[optind - 1]);
		row = row_of(table, found);
		if (row->set(settings, optarg, why) == 0)
			continue;
		if (optarg == NULL)
			usage_error("--%s: %s", row->name, why);
		usage_error("--%s: \"%s\": %s", row->name, optarg, why);
	}
	return optind;
}

void
options_print(const struct option_row *table)
{
	char left[64];
	int n;

	for (; table->name != NULL; table++) {
		if (table->help == NULL) {
			printf("\n%s:\n", table->name);
			continue;
		}
		n = table->letter != '\0' ?
		    snprintf(left, sizeof(left), "-%c, ", table->letter) :
		    snprintf(left, sizeof(left), "    ");
		snprintf(left + n, sizeof(left) - (size_t)n, "--%s%s%s",
		    table->name, table->operand != NULL &&
		    !is_optional(table) ? " " : "",
		    table->operand != NULL ? table->operand : "");
		printf("  %-28s %s\n", left, table->help);
	}
}
