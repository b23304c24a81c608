/*
 * sweep_run.h - what the scenarios of the fault sweep are made of
 *
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#ifndef UNPWRAP_TESTS_SWEEP_RUN_H
#define UNPWRAP_TESTS_SWEEP_RUN_H

#include <unp.h>
#include <setjmp.h>

#include "sweep.h"

/* sweep_errors.c: the errors that each function's manual page documents, ended
 * by 0 (for getaddrinfo, its return values); and the function's name. */
#define ERRORS_MAX	32
extern const int documented_errors[FUNCTIONS][ERRORS_MAX];
const char *function_name(int function);

/*
 * What a scenario finds and leaves.  sweep_world.c makes it; whatever is in it
 * is closed, freed, unlinked and reaped at the end.
 */
#define LINE1	"one\n"
#define LINE2	"two lines\n"
#define DATA	LINE1 LINE2 "three"
#define DATA_LEN	(sizeof(DATA) - 1)

struct world {
	int	 fd;		/* what the call is made on; -1: none */
	int	 peer;		/* the other end; -1: none */
	int	 other;		/* -1: none */
	int	 got;		/* what the call returned; -1: none */
	int	 fds[2];	/* the same, of two */
	FILE	*fp;
	void	*memory;	/* free(3) frees it */
	void	*mapped;	/* of 4096 bytes */
	struct addrinfo *names;
	pid_t	 child;
	pthread_t thread;
	int	 has_thread;
	int	 has_mutex;
	int	 has_heartbeat;	/* SIGALRM and SIGURG are the heartbeat's */
	int	 old_out;	/* where standard output went; -1 */
	char	 path[64];	/* "": none */
	struct sockaddr_storage addr;
	socklen_t len;
	char	 port[8];
	char	 buf[256];
	ssize_t	 n;
	int	 error;		/* errno after the call */
};

#define NO_SETUP	99	/* exit status: the machine is not up to it */

void	 world_begin(struct world *);
void	 world_end(struct world *);

/* For scenario.setup. */
void	 a_socket(struct world *);	/* a TCP socket */
void	 a_udp_socket(struct world *);
void	 a_udp6_socket(struct world *);
void	 a_group(struct world *);	/* and addr, a group that fd is in */
void	 a_group_on_lo(struct world *);	/* not where it is routed to */
void	 a_source(struct world *);	/* and a source of it */
void	 a_blocked_source(struct world *);
void	 a_pair(struct world *);	/* of UNIX stream sockets */
void	 a_pair_not_waiting(struct world *);
void	 a_pipe(struct world *);	/* fd: its write end */
void	 a_pipe_not_waiting(struct world *);
void	 a_terminal(struct world *);
void	 a_tcp_pair(struct world *);
void	 a_udp_pair(struct world *);
/* fd gives DATA and then the end. */
void	 a_pair_of_data(struct world *);
void	 a_pair_of_data_not_waiting(struct world *);
void	 a_pipe_of_data(struct world *);
void	 a_pipe_of_data_not_waiting(struct world *);
void	 a_file_of_data(struct world *);
void	 a_datagram(struct world *);	/* DATA is in fd; peer sent it */
void	 a_listener(struct world *);	/* peer is about to be accepted */
void	 a_listener_not_waiting(struct world *);
void	 a_server(struct world *);	/* peer listens at addr; fd: TCP */
void	 a_unix_server(struct world *);
void	 a_named_server(struct world *);	/* the same without an fd */
void	 a_child(struct world *);	/* has exited */
void	 an_echo(struct world *);	/* of the socket fd, by a process */
void	 a_udp_echo(struct world *);
void	 output_to_file(struct world *);	/* got: standard output's */
void	 a_held_mutex(struct world *);	/* and a thread that will signal */
extern pthread_mutex_t the_mutex;
extern pthread_cond_t the_cond;
extern volatile int signalled;
void	 a_path(struct world *);	/* of no file yet */

/* Whether DATA, no less and no more, is what peer now gives; and whether it is
 * a beginning of it, of at least n bytes. */
int	 peer_has_data(struct world *);
int	 peer_has_beginning(struct world *, size_t n);
/* Whether the n bytes in buf and what fd still gives are DATA. */
int	 rest_is_there(struct world *, size_t n);

/* The module, and a call of the library under it; w->error is its errno. */
extern struct sweep *sweep;
#define ARM(...)	do {						\
	sweep->arm();							\
	__VA_ARGS__;							\
	sweep->disarm();						\
	w->error = errno;						\
} while (0)

/*
 * Scenarios.
 */
enum outcome { OK, FAILED, WRONG };

/* What a fault must lead to.  The first rule that fits decides; the scenario's
 * own come before the common ones.  If none fits, the call fails with the
 * fault's error. */
enum outcome_due {
	FAILS,			/* with the error */
	FAILS_AS,		/* with another */
	FAILS_SILENTLY,		/* with no errno to speak of */
	SUCCEEDS,		/* it was retried, or is no error */
	EITHER,			/* succeeds, or fails with the error */
	CANNOT_FAIL		/* given what it is called with: not tried */
};
#define ANY	(-1)
struct rule {
	int	 function;	/* ANY: all */
	int	 error;		/* 0: all */
	enum outcome_due due;
	int	 as;		/* FAILS_AS */
	unsigned k;		/* this call of it alone; 0: all */
};
#define NO_RULES	{ FUNCTIONS, 0, FAILS, 0, 0 }

struct scenario {
	const char *name;
	void	(*setup)(struct world *);	/* NULL: nothing */
	enum outcome (*run)(struct world *);
	const struct rule *rules;		/* up to NO_RULES, or NULL */
	int	 plain;		/* not 0: in no mode */
};

/* Each ends with a name of NULL. */
extern const struct scenario io_scenarios[], message_scenarios[],
    name_scenarios[], process_scenarios[], socket_scenarios[],
    thread_scenarios[], unix_scenarios[];

#define SUCCEEDED(condition)	((condition) ? OK : WRONG)

/* What was reported by the library since the call began; where a fatal error
 * goes on. */
extern int reports;
extern char reported[1024];
extern sigjmp_buf fatal;
int	 report_ends_in(const char *text);

#endif
