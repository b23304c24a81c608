/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * All threads of a program may call the library at once.  Each job is done over
 * and over by several threads on things of their own; what they share is what
 * the library may share behind their backs.  ThreadSanitizer sees it, where it
 * is built in.
 */
#include <unpthread.h>
#include <unpifi.h>
#include <unprtt.h>

#include "support.h"

#define THREADS	4
#define ROUNDS	25

/* What they may all use: a listener, with the address it has. */
static int listenfd;
static struct sockaddr_in server;
static char port[8];

/* Each returns 1 if everything was as it should be; number is the thread's. */

static int
texts(int number)
{
	struct sockaddr_in addr = inet_address("127.0.0.1", 1000 + number);
	char expected[32], other[64];

	snprintf(expected, sizeof(expected), "127.0.0.1:%d", 1000 + number);
	return strcmp(sock_ntop(generic(&addr), sizeof(addr)), expected) == 0 &&
	    strcmp(sock_ntop_host(generic(&addr), sizeof(addr)),
	    "127.0.0.1") == 0 &&
	    sock_ntop_r(generic(&addr), sizeof(addr), other,
	    sizeof(other)) != NULL && strcmp(other, expected) == 0;
}

static int
lines(int number)
{
	char line[32], got[32];
	int fds[2], right;

	socket_pair(fds);
	snprintf(line, sizeof(line), "thread %d\n", number);
	right = writen(fds[0], line, strlen(line)) == (ssize_t)strlen(line) &&
	    writen(fds[0], "rest", 4) == 4 &&
	    readline(fds[1], got, sizeof(got)) == (ssize_t)strlen(line) &&
	    strcmp(got, line) == 0 && readn(fds[1], got, 4) == 4;
	close(fds[0]);
	close(fds[1]);
	return right;
}

static int
buffered_lines(int number)
{
	struct unpwrap_reader *reader;
	const char *line;
	int fds[2], right = 1;

	socket_pair(fds);
	reader = unpwrap_reader_new(fds[1], 64);
	for (int i = 0; i < number + 2; i++)
		right &= writen(fds[0], "a line\n", 7) == 7;
	close(fds[0]);
	for (int i = 0; i < number + 2; i++)
		right &= unpwrap_reader_line(reader, &line) == 7;
	right &= unpwrap_reader_line(reader, &line) == 0;
	unpwrap_reader_free(reader);
	close(fds[1]);
	return right;
}

/* Whoever is accepted, it is somebody who connected. */
static int
connections(int number)
{
	struct timespec deadline;
	int fd, accepted, right;

	(void)number;
	fd = tcp_connect("127.0.0.1", port);
	unpwrap_deadline(&deadline, SOON_MS);
	accepted = unpwrap_accept_until(listenfd, NULL, NULL, &deadline);
	right = fd != -1 && accepted != -1;
	close(fd);
	close(accepted);
	return right;
}

static int
names(int number)
{
	struct addrinfo *all = host_serv("127.0.0.1", port, AF_INET,
	    number % 2 ? SOCK_DGRAM : SOCK_STREAM);
	int right = all != NULL && sock_get_port(all->ai_addr,
	    all->ai_addrlen) == server.sin_port;	/* as it is in both */

	if (all != NULL)
		freeaddrinfo(all);
	return right;
}

static int
interfaces(int number)
{
	struct ifi_info *all = get_ifi_info(AF_INET, 1);
	int right = all != NULL && all->ifi_index != 0;	/* lo, at least */

	(void)number;
	free_ifi_info(all);
	return right;
}

static int
time_of_day(int number)
{
	struct rtt_info rtt;
	char *text = gf_time();

	(void)number;
	rtt_init(&rtt);
	rtt_newpack(&rtt);
	return text[2] == ':' && text[5] == ':' && rtt_start(&rtt) > 0;
}

/* Dispositions are the process's: any of this lot may be the last. */
static int
signals(int number)
{
	int fds[2], right;

	(void)number;
	right = Signal(SIGUSR2, SIG_IGN) != SIG_ERR;
	socket_pair(fds);
	close(fds[1]);
	right &= writen(fds[0], "nobody", 6) == -1 && errno == EPIPE;
	close(fds[0]);
	return right;
}

static void
nowhere(int priority, const char *message, void *arg)
{
	(void)priority;
	(void)message;
	(void)arg;
}

/* Errors are reported while others change where to. */
static int
errors(int number)
{
	static const struct unpwrap_error_policy policies[THREADS] = {
		{ .program = "first", .report = nowhere },
		{ .program = "second", .report = nowhere },
		{ .program = "third", .report = nowhere },
		{ .program = "", .report = nowhere },
	};

	unpwrap_error_policy(&policies[number]);
	errno = EAGAIN;
	err_ret("thread %d", number);
	return errno == EAGAIN;
}

static int (*const jobs[])(int) = {
	texts, lines, buffered_lines, connections, names, interfaces,
	time_of_day, signals, errors,
};
#define JOBS	ROWS(jobs)

struct thread {
	pthread_t thread;
	int	 number;
	int	 job;		/* JOBS: all, each thread in another order */
	int	 wrong;
};

static void *
work(void *arg)
{
	struct thread *self = arg;

	for (int i = 0; i < ROUNDS; i++)
		self->wrong += self->job < JOBS ?
		    !jobs[self->job](self->number) :
		    !jobs[(i + self->number) % JOBS](self->number);
	return NULL;
}

START_TEST(threads_do_not_disturb_each_other)
{
	struct thread threads[THREADS];
	socklen_t len = sizeof(server);

	listenfd = Tcp_listen("127.0.0.1", "0", NULL);
	Getsockname(listenfd, generic(&server), &len);
	snprintf(port, sizeof(port), "%d", ntohs(server.sin_port));
	catch_errors();
	for (int i = 0; i < THREADS; i++) {
		threads[i] = (struct thread){ .number = i, .job = _i };
		Pthread_create(&threads[i].thread, NULL, work, &threads[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		Pthread_join(threads[i].thread, NULL);
		ck_assert_int_eq(threads[i].wrong, 0);
	}
}
END_TEST

static void
fill(Suite *suite)
{
	tcase_add_loop_test(add_case(suite, "concurrent"),
	    threads_do_not_disturb_each_other, 0, JOBS + 1);
}

int
main(void)
{
	return run_suite("concurrent", fill);
}
