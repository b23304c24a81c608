/*
 * support.h - what the test programs of the library share
 *
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 *
 * Whatever cannot be done here fails the test that asked for it.
 */
#ifndef UNPWRAP_TESTS_SUPPORT_H
#define UNPWRAP_TESTS_SUPPORT_H

#include <sys/types.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <check.h>
#include <unpwrap.h>

/*
 * Programs of tests.
 */

/* Adds an empty case to the suite; its tests have a minute each. */
TCase	*add_case(Suite *suite, const char *name);
/* What main returns: runs the tests that fill adds. */
int	 run_suite(const char *name, void (*fill)(Suite *));

/* Of a table, as tcase_add_loop_test counts them. */
#define ROWS(table)	((int)(sizeof(table) / sizeof((table)[0])))

/* Says why the rest of a test is left out. */
void	 not_tested(const char *why);

/*
 * Time.  A machine may be slow: nothing is expected sooner than soon.
 */
#define SOON_MS	20000

int64_t	 now_ms(void);
void	 pause_ms(int ms);

#define ck_assert_soon(condition)	do {				\
	int64_t end_ = now_ms() + SOON_MS;				\
	while (!(condition)) {						\
		ck_assert_msg(now_ms() < end_, "not in %d s: %s",	\
		    SOON_MS / 1000, #condition);			\
		pause_ms(1);						\
	}								\
} while (0)

/*
 * Errors of the library.
 */

/* What has been reported while catch_errors was in force. */
struct caught {
	int	 reports;
	int	 priority;	/* of the last one */
	char	 message[1024];	/* the last one */
	int	 fatals;
	int	 status;
};
extern struct caught caught;
extern sigjmp_buf caught_fatal;

/* From here on errors go to caught; fatal ones jump to caught_fatal. */
void	 catch_errors(void);
/* NULL where the last message is this one (": " and the text of error behind
 * it, if error is not 0) and has this priority; otherwise what is wrong. */
const char *wrong_report(int priority, int error, const char *format, ...)
	    __attribute__((__format__(__printf__, 3, 4)));

#define ck_assert_reported(priority, error, ...)	do {		\
	const char *wrong_ = wrong_report(priority, error, __VA_ARGS__); \
	ck_assert_msg(wrong_ == NULL, "%s", wrong_);			\
} while (0)

/* The call must end in this fatal error. */
#define ck_assert_fatal(call, error, ...)	do {			\
	catch_errors();							\
	if (sigsetjmp(caught_fatal, 1) == 0) {				\
		(void)(call);						\
		ck_abort_msg("returned: %s", #call);			\
	}								\
	ck_assert_reported(LOG_ERR, error, __VA_ARGS__);		\
	ck_assert_int_eq(caught.fatals, 1);				\
	ck_assert_int_eq(caught.status, EXIT_FAILURE);			\
} while (0)

/* The call must return -1 and set errno to error. */
#define ck_assert_error(call, error)	do {				\
	errno = 0;							\
	ck_assert_int_eq(call, -1);					\
	ck_assert_int_eq(errno, error);					\
} while (0)

/* On 32 bits all of the address space but a part smaller than the program
 * itself: nobody can allocate that, nor both of its halves.  On 64 bits half of
 * the address space will do, and valgrind does not warn of it. */
#define TOO_MUCH_MEMORY	\
	(sizeof(size_t) > 4 ? SIZE_MAX / 2 - 99 : SIZE_MAX - 65535)

/*
 * Processes.  They must not use ck_assert: they say what they found by their
 * exit status.
 */

/* Runs body in a child, which then exits with 0. */
pid_t	 spawn(void (*body)(void *), void *arg);
/* Waits for the child and returns its status, as waitpid has it. */
int	 join(pid_t pid);

/* Stops being root, to whom no limit on processes applies.  Returns 0 if that
 * is not possible. */
int	 become_anybody(void);

/* No more than this many descriptors, processes, bytes. */
void	 limit(int resource, rlim_t most);
/* As many as the hard limit allows: for what runs at the end of a test. */
void	 unlimit(int resource);

/* What a child put out, and how it ended. */
struct captured {
	int	 status;
	size_t	 out_len;	/* of all, even if out is too small for it */
	char	 out[4096], err[4096];
};
struct capture {
	pid_t	 pid;
	FILE	*out, *err;
};
/* spawn with standard output and error in files of their own. */
void	 capture_start(struct capture *, void (*body)(void *), void *arg);
void	 capture_end(struct capture *, struct captured *);
void	 capture(struct captured *, void (*body)(void *), void *arg);

/* A signal whose handler does not restart calls comes every so many
 * milliseconds; 0: no more. */
void	 interrupt_every(int ms);
extern volatile sig_atomic_t interrupts;	/* how many came */

/*
 * Addresses.
 */
struct sockaddr *generic(void *addr);
struct sockaddr_in inet_address(const char *host, int port);
struct sockaddr_in6 inet6_address(const char *host, int port);

/*
 * Descriptors.
 */
void	 socket_pair(int fds[2]);	/* UNIX stream sockets */
void	 tcp_pair(int fds[2]);		/* loopback, with small buffers */
void	 nonblocking(int fd);
/* Sets SO_RCVTIMEO or SO_SNDTIMEO. */
void	 socket_timeout(int fd, int name, int ms);
/* How many descriptors the process has open. */
int	 open_descriptors(void);
/* A TCP socket bound to a free port of 127.0.0.1, which addr is set to. */
int	 bound_socket(struct sockaddr_in *addr);
/* A UDP socket bound to a free port of the loopback address, which addr is set
 * to; its receive calls end after ten seconds.  -1: no such family here. */
int	 datagram_socket(struct sockaddr_storage *addr, socklen_t *len,
	    int family);

/* A listening socket that nobody accepts from, its queue full: who connects is
 * kept waiting until full_release, and is then sent a byte. */
struct full {
	struct sockaddr_storage addr;
	socklen_t len;
	int	 listenfd;
	int	 ms;
};
void	 full_listener(struct full *, int family);
/* Starts a child that releases it after so many milliseconds. */
void	 full_release(struct full *, int ms);

/*
 * Bytes that tell where they belong.
 */
void	 pattern_fill(void *buf, size_t n, size_t offset);
int	 pattern_is(const void *buf, size_t n, size_t offset);

/* For spawn: writes total bytes of the pattern into fds[1] in pieces, with a
 * pause before each, and closes it. */
struct feed {
	const int *fds;		/* a pipe or pair; each closes the other end */
	size_t	 total;
	size_t	 piece;
	int	 pause_ms;
};
void	 feed(void *arg);
/* For spawn: after a pause reads fds[0] until its end; exits with 1 if that was
 * not total bytes of the pattern. */
void	 drain(void *arg);

#endif
