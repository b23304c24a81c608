/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What became of a connection: a verdict, its evidence, and both in words.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include <stdint.h>

#include "endpoint.h"

enum verdict {
	VERDICT_OK,
	VERDICT_LOCAL_ERROR,
	VERDICT_USAGE,
	VERDICT_NAME_NOT_FOUND,
	VERDICT_REFUSED,
	VERDICT_CONNECT_TIMEOUT,
	VERDICT_UNREACHABLE,
	VERDICT_CLOSED_MID_REPLY,
	VERDICT_RESET_MID_REPLY,
	VERDICT_RESET_BEFORE_REPLY,
	VERDICT_TIMED_OUT,
	VERDICT_CLOSED_BETWEEN_MESSAGES,
	VERDICT_MISMATCH,
	VERDICT_SURPLUS,
	VERDICTS
};

/* A member without meaning for the verdict is 0. */
struct outcome {
	enum verdict	 verdict;
	char		 where[ENDPOINT_TEXT_MAX];	/* the server */
	int		 connected;	/* it came to a connection */
	int		 error;		/* errno; where the name was not found,
					   what getaddrinfo(3) returned */
	int64_t		 waited_ns;	/* the time limit that ran out */
	int64_t		 elapsed_ns;	/* from the connection on */
	uint64_t	 sent, echoed;	/* bytes; echoed: and verified */
	unsigned char	 expected, got;	/* at the offset "echoed" */
};

struct verdict_row {
	const char	*token;
	int		 status;	/* of the process */
	const char	*clause;
	/* Writes what goes behind the clause; NULL: nothing does. */
	void		(*evidence)(const struct outcome *, char *text,
			    size_t size);
};
extern const struct verdict_row verdicts[VERDICTS];

/* What an errno value means: of the attempt to connect, and of the connection
 * when so many bytes had been echoed. */
enum verdict verdict_of_connect_error(int error);
enum verdict verdict_of_reply_error(int error, uint64_t echoed);
/* Of two addresses that failed with these: does the first tell more? */
int	 error_tells_more(int error, int than);

#define VERDICT_TEXT_MAX	(ENDPOINT_TEXT_MAX + 256)
/* "where: clause: evidence (token)"; returns text. */
char	*verdict_text(const struct outcome *, char text[VERDICT_TEXT_MAX]);

#endif
