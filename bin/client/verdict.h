/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What became of a connection: a verdict, its evidence, and both in words.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include <sys/socket.h>

#include <stddef.h>
#include <stdint.h>

#include "diagnosis.h"
#include "endpoint.h"
#include "facts.h"

#define AROUND_MAX	16	/* bytes kept of each side of a difference */

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
	VERDICT_PROCESS_HUNG,
	VERDICT_ZERO_WINDOW,
	VERDICT_RESET_AFTER_SILENCE,
	VERDICT_CLOSED_BETWEEN_MESSAGES,
	VERDICT_MISMATCH,
	VERDICT_SURPLUS,
	VERDICT_REORDERED,
	VERDICT_LOST,
	VERDICT_EXPECTATION_MISSED,
	VERDICT_NOT_PLOTTED,
	VERDICTS
};

/* A member without meaning for the verdict is 0. */
struct outcome {
	enum verdict	 verdict;
	char		 where[ENDPOINT_TEXT_MAX];	/* the server,
					   in plain text */
	struct sockaddr_storage address;	/* that answered */
	socklen_t	 address_len;
	int		 stopped;	/* by the user: no verdict */
	int		 connected;	/* it came to a connection */
	const char	*deed;		/* all that was done with it, where
					   nothing was to be echoed, or NULL */
	int		 error;		/* errno; where the name was not found,
					   what getaddrinfo(3) returned */
	int64_t		 waited_ns;	/* the time limit that ran out */
	int64_t		 connect_ns;	/* until it was there, its name too */
	int64_t		 handshake_ns;	/* of the address that answered */
	int64_t		 elapsed_ns;	/* from the connection on */
	uint64_t	 sent, echoed;	/* bytes; echoed: and verified */
	int		 unread;	/* nothing was read, on purpose */
	size_t		 n_expected, n_got;	/* bytes kept, from the
					   offset "echoed" on */
	unsigned char	 expected[AROUND_MAX], got[AROUND_MAX];
	int		 has_pattern;	/* was sent, from this seed */
	uint32_t	 seed;
	struct diagnosis diagnosis;	/* of the pattern */
	struct tcp_facts tcp;		/* at the end */
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

/* What an errno value means: of the attempt to connect; and of the connection,
 * after so many echoed bytes, given what the kernel knew. */
enum verdict verdict_of_connect_error(int error);
enum verdict verdict_of_reply_error(int error, uint64_t echoed,
	    const struct tcp_facts *);
/* Can a connection have it? */
int	 verdict_is_of_connection(enum verdict);
/* Who is silent, on a connection where something is due. */
enum verdict verdict_of_silence(const struct tcp_facts *);
/* What was done to a pattern, when so many bytes were outstanding. */
enum verdict verdict_of_damage(enum damage, uint64_t outstanding);
/* Of two addresses that failed with these: does the first tell more? */
int	 error_tells_more(int error, int than);

#define VERDICT_TEXT_MAX	(ENDPOINT_TEXT_MAX + 400)
/* "where: clause: evidence (token)"; returns text. */
char	*verdict_text(const struct outcome *, char text[VERDICT_TEXT_MAX]);

#endif
