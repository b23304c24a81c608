/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Command-line options as a table, so that parsing, --help and the message for
 * a wrong one cannot disagree.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "why.h"

#define EXIT_USAGE	2

struct option_row {
	char		 letter;	/* '\0': none */
	const char	*name;		/* without "--" */
	const char	*operand;	/* as --help shows it; NULL: none;
					   "[=NAME]": the long option may have
					   one, and there is no letter */
	const char	*help;		/* one line; NULL: a heading, in name */
	/* Stores the operand (NULL where there is none) in settings. */
	int		(*set)(void *settings, const char *operand,
			    char why[WHY_MAX]);
};

/* Parses argv by the table, which a row with a NULL name ends.  Returns the
 * index of the first operand.  A wrong option is a usage_error. */
int	 options_parse(int argc, char *argv[], const struct option_row *table,
	    void *settings);
/* Prints the table's part of a --help. */
void	 options_print(const struct option_row *table);
/* One line on standard error, and status EXIT_USAGE. */
void	 usage_error(const char *format, ...)
	    __attribute__((__noreturn__, __format__(__printf__, 1, 2)));

#endif
