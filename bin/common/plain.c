/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "plain.h"
#include "unpwrap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Besides ASCII's control characters: DEL and the C1 controls, marks that
 * change the direction of writing, line separators, UTF-16 surrogates. */
static const struct { uint32_t first, last; } unprintable[] = {
	{ 0x7f, 0x9f }, { 0x200e, 0x200f }, { 0x2028, 0x202e },
	{ 0x2066, 0x2069 }, { 0xd800, 0xdfff },
};

/* The last two of each plane are no characters; XML refuses some of them. */
static int
is_printable(uint32_t character)
{
	size_t n = sizeof(unprintable) / sizeof(unprintable[0]);

	for (size_t i = 0; i < n; i++)
		if (character >= unprintable[i].first &&
		    character <= unprintable[i].last)
			return 0;
	return character <= 0x10ffff && (character & 0xfffe) != 0xfffe;
}

/* How many bytes the character has that text begins with; 0: it is none that
 * is printable. */
static size_t
printable(const char *text)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *byte = (const unsigned char *)text;
	size_t n = byte[0] >= 0xf0 ? 4 : byte[0] >= 0xe0 ? 3 : 2;
	uint32_t character = byte[0] & (0x7f >> n);

	if (byte[0] < 0x80)
		return byte[0] >= ' ' && byte[0] != 0x7f;
	if (byte[0] < 0xc0 || byte[0] > 0xf7)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		character = character << 6 | (byte[i] & 0x3f);
	}
	return character >= least[n] && is_printable(character) ? n : 0;
}

/* Of how many bytes from the start on. */
static size_t
plain_length(const char *text)
{
	size_t n = 0, more;

	while ((more = printable(text + n)) > 0)
		n += more;
	return n;
}

int
is_plain(const char *text)
{
	return text[plain_length(text)] == '\0';
}

char *
plain(char *text)
{
	size_t n = plain_length(text);

	for (; text[n] != '\0'; n += plain_length(text + n))
		text[n] = '?';
	return text;
}

static void
report(int priority, const char *message, void *arg)
{
	char *copy = strdup(message);

	(void)priority;
	(void)arg;
	fflush(stdout);		/* keep the order where both are one terminal */
	fprintf(stderr, "%s\n", copy != NULL ? plain(copy) :
	    "no memory for a message");
	fflush(stderr);
	free(copy);
}

void
plain_messages(void)
{
	static const struct unpwrap_error_policy policy = { .report = report };

	unpwrap_error_policy(&policy);
}
