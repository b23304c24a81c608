/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Text that somebody else has made up, such as the name of a file, on its way
 * to a terminal, a line of a log or another program.
 */
#ifndef PLAIN_H
#define PLAIN_H

/* Is all of it printable, in UTF-8? */
int	 is_plain(const char *text);
/* Puts a '?' in place of each byte that is of no printable character; returns
 * text. */
char	*plain(char *text);
/* From now on messages of the err_ functions are plain: each is one line. */
void	 plain_messages(void);

#endif
