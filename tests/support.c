/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <sys/time.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <time.h>

#define TIMEOUT_S	60
#define DESCRIPTORS_MAX	1024
#define ANYBODY		65534

/* Where a test asks for too much memory, that is to fail as without ASan. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

/* Where a test wants an error, of memory or of a mutex, that is one. */
const char *__tsan_default_options(void);

const char *
__tsan_default_options(void)
{
	return "allocator_may_return_null=1:report_mutex_bugs=0";
}

TCase *
add_case(Suite *suite, const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_set_timeout(tcase, TIMEOUT_S);
	suite_add_tcase(suite, tcase);
	return tcase;
}

static int
run_all(const char *name, void (*fill)(Suite *))
{
	Suite *suite = suite_create(name);
	SRunner *runner;
	int failed;

	setvbuf(stdout, NULL, _IOLBF, 0);	/* in order with its tests */
	fill(suite);
	runner = srunner_create(suite);
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define SKIP	"# SKIP "

/* Check knows no test that could not run: such a one says so on a line of its
 * own, which becomes a part of the next line, the result. */
static void
mark_skipped(FILE *results)
{
	char *line = NULL, *why = NULL;
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, results)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		if (strncmp(line, SKIP, strlen(SKIP)) == 0) {
			free(why);
			why = strdup(line);
			continue;
		}
		if (why != NULL && strncmp(line, "ok ", 3) == 0)
			printf("%s %s\n", line, why);
		else
			printf("%s\n", line);
		fflush(stdout);
		free(why);
		why = NULL;
	}
	free(line);
}

int
run_suite(const char *name, void (*fill)(Suite *))
{
	int ends[2], status;
	FILE *results;
	pid_t pid;

	if (pipe(ends) == -1 || (pid = fork()) == -1)
		return EXIT_FAILURE;
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		exit(run_all(name, fill));
	}
	close(ends[1]);
	results = fdopen(ends[0], "r");
	if (results == NULL)
		return EXIT_FAILURE;
	mark_skipped(results);
	fclose(results);
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ?
	    WEXITSTATUS(status) : EXIT_FAILURE;
}

void
not_tested(const char *why)
{
	printf(SKIP "%s\n", why);
	fflush(stdout);
}

int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The whole of it, though signals come. */
void
pause_ms(int ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&left, &left) == -1 && errno == EINTR)
		continue;
}

/*
 * Errors of the library.
 */

struct caught caught;
sigjmp_buf caught_fatal;

static void
note_report(int priority, const char *message, void *arg)
{
	struct caught *into = arg;

	into->reports++;
	into->priority = priority;
	snprintf(into->message, sizeof(into->message), "%s", message);
}

static void
note_fatal(int status, void *arg)
{
	struct caught *into = arg;

	into->fatals++;
	into->status = status;
	siglongjmp(caught_fatal, 1);
}

void
catch_errors(void)
{
	static const struct unpwrap_error_policy policy = {
		.program = "test",
		.report = note_report,
		.fatal = note_fatal,
		.arg = &caught,
	};

	memset(&caught, 0, sizeof(caught));
	unpwrap_error_policy(&policy);
}

const char *
wrong_report(int priority, int error, const char *format, ...)
{
	static char wrong[sizeof(caught.message) * 3];
	char want[sizeof(caught.message)] = "test: ";
	va_list args;
	size_t n = strlen(want);

	va_start(args, format);
	n += (size_t)vsnprintf(want + n, sizeof(want) - n, format, args);
	va_end(args);
	if (error != 0)
		snprintf(want + n, sizeof(want) - n, ": %s", strerror(error));
	if (caught.reports == 1 && caught.priority == priority &&
	    strcmp(caught.message, want) == 0)
		return NULL;
	snprintf(wrong, sizeof(wrong), "%d reports, priority %d (not %d), "
	    "\"%s\" (not \"%s\")", caught.reports, caught.priority, priority,
	    caught.message, want);
	return wrong;
}

/*
 * Processes.
 */

/* The real Check leaves handlers of its own to its tests. */
static void
default_signals(void)
{
	static const int signals[] = { SIGALRM, SIGINT, SIGTERM };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_DFL);
}

pid_t
spawn(void (*body)(void *), void *arg)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		default_signals();
		body(arg);
		exit(EXIT_SUCCESS);
	}
	return pid;
}

int
join(pid_t pid)
{
	pid_t ended;
	int status;

	do
		ended = waitpid(pid, &status, 0);
	while (ended == -1 && errno == EINTR);
	ck_assert_int_eq(ended, pid);
	return status;
}

int
become_anybody(void)
{
	if (getuid() == 0 && setuid(ANYBODY) == -1)
		return 0;
#ifdef __linux__	/* or /proc/self is root's: LeakSanitizer reads it */
	prctl(PR_SET_DUMPABLE, 1);
#endif
	return 1;
}

void
limit(int resource, rlim_t most)
{
	struct rlimit rlimit;

	ck_assert_int_eq(getrlimit(resource, &rlimit), 0);
	rlimit.rlim_cur = most;
	ck_assert_int_eq(setrlimit(resource, &rlimit), 0);
}

void
unlimit(int resource)
{
	struct rlimit rlimit;

	ck_assert_int_eq(getrlimit(resource, &rlimit), 0);
	limit(resource, rlimit.rlim_max);
}

struct redirected {
	const struct capture *capture;
	void	(*body)(void *);
	void	*arg;
};

static void
run_redirected(void *arg)
{
	const struct redirected *r = arg;
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);	/* of who calls abort(3) */
	if (dup2(fileno(r->capture->out), STDOUT_FILENO) == -1 ||
	    dup2(fileno(r->capture->err), STDERR_FILENO) == -1)
		_exit(99);
	r->body(r->arg);
}

void
capture_start(struct capture *c, void (*body)(void *), void *arg)
{
	struct redirected r = { c, body, arg };

	c->out = tmpfile();
	c->err = tmpfile();
	ck_assert(c->out != NULL && c->err != NULL);
	c->pid = spawn(run_redirected, &r);
}

static size_t
take_text(FILE *fp, char *text, size_t size)
{
	size_t len;

	rewind(fp);
	len = fread(text, 1, size - 1, fp);
	text[len] = '\0';
	len = (size_t)lseek(fileno(fp), 0, SEEK_END);
	fclose(fp);
	return len;
}

void
capture_end(struct capture *c, struct captured *outcome)
{
	outcome->status = join(c->pid);
	outcome->out_len = take_text(c->out, outcome->out,
	    sizeof(outcome->out));
	take_text(c->err, outcome->err, sizeof(outcome->err));
}

void
capture(struct captured *outcome, void (*body)(void *), void *arg)
{
	struct capture c;

	capture_start(&c, body, arg);
	capture_end(&c, outcome);
}

volatile sig_atomic_t interrupts;

static void
interrupted(int signo)
{
	(void)signo;
	interrupts++;
}

void
interrupt_every(int ms)
{
	struct itimerval every = { { 0, ms * 1000 }, { 0, ms * 1000 } };
	struct sigaction action = { .sa_handler = interrupted };

	sigemptyset(&action.sa_mask);
	ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &every, NULL), 0);
}

/*
 * Addresses.
 */

struct sockaddr *
generic(void *addr)
{
	return addr;
}

struct sockaddr_in
inet_address(const char *host, int port)
{
	struct sockaddr_in sin;

	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_port = htons((uint16_t)port);
	ck_assert_int_eq(inet_pton(AF_INET, host, &sin.sin_addr), 1);
	return sin;
}

struct sockaddr_in6
inet6_address(const char *host, int port)
{
	struct sockaddr_in6 sin6;

	memset(&sin6, 0, sizeof(sin6));
	sin6.sin6_family = AF_INET6;
	sin6.sin6_port = htons((uint16_t)port);
	ck_assert_int_eq(inet_pton(AF_INET6, host, &sin6.sin6_addr), 1);
	return sin6;
}

/*
 * Descriptors.
 */

void
socket_pair(int fds[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
}

static int
loopback_socket(struct sockaddr_storage *addr, socklen_t *len, int family)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)addr;
	int fd = socket(family, SOCK_STREAM, 0);

	memset(addr, 0, sizeof(*addr));
	addr->ss_family = (sa_family_t)family;
	*len = offsetof(struct sockaddr, sa_data);	/* UNIX: any name */
	if (family == AF_INET) {
		sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		*len = sizeof(*sin);
	}
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)addr, *len), 0);
	*len = sizeof(*addr);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)addr, len), 0);
	return fd;
}

int
bound_socket(struct sockaddr_in *addr)
{
	struct sockaddr_storage any;
	socklen_t len;
	int fd = loopback_socket(&any, &len, AF_INET);

	memcpy(addr, &any, sizeof(*addr));
	return fd;
}

int
datagram_socket(struct sockaddr_storage *addr, socklen_t *len, int family)
{
	struct sockaddr_in sin = inet_address("127.0.0.1", 0);
	struct sockaddr_in6 sin6 = inet6_address("::1", 0);
	int fd = socket(family, SOCK_DGRAM, 0);

	if (fd == -1 || bind(fd, family == AF_INET ? generic(&sin) :
	    generic(&sin6), family == AF_INET ? sizeof(sin) :
	    sizeof(sin6)) == -1)
		return -1;
	*len = sizeof(*addr);
	ck_assert_int_eq(getsockname(fd, generic(addr), len), 0);
	socket_timeout(fd, SO_RCVTIMEO, 10000);
	return fd;
}

/* The other end of the connection of fd.  A client of another test may have
 * come before it, to a port at which it expects nobody. */
static int
accept_peer(int listenfd, int fd)
{
	struct sockaddr_in own, from;
	socklen_t len = sizeof(own);
	int connected;

	ck_assert_int_eq(getsockname(fd, generic(&own), &len), 0);
	for (;;) {
		len = sizeof(from);
		connected = accept(listenfd, generic(&from), &len);
		ck_assert_int_ne(connected, -1);
		if (from.sin_port == own.sin_port)
			return connected;
		close(connected);
	}
}

void
tcp_pair(int fds[2])
{
	struct sockaddr_in addr;
	int listenfd = bound_socket(&addr), size = 32768;

	ck_assert_int_eq(listen(listenfd, 1), 0);
	fds[0] = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(fds[0], (struct sockaddr *)&addr,
	    sizeof(addr)), 0);
	fds[1] = accept_peer(listenfd, fds[0]);
	close(listenfd);
	for (int i = 0; i < 2; i++) {
		setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
		setsockopt(fds[i], SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	}
}

void
nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	ck_assert_int_ne(flags, -1);
	ck_assert_int_eq(fcntl(fd, F_SETFL, flags | O_NONBLOCK), 0);
}

void
socket_timeout(int fd, int name, int ms)
{
	struct timeval timeout = { ms / 1000, ms % 1000 * 1000 };

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, name, &timeout,
	    sizeof(timeout)), 0);
}

int
open_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < DESCRIPTORS_MAX; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

/* If the queue is not full, one place less is free: the socket stays open. */
static int
is_full(const struct full *full)
{
	struct pollfd ready = { .events = POLLOUT };

	ready.fd = socket(full->addr.ss_family, SOCK_STREAM, 0);
	ck_assert_int_ne(ready.fd, -1);
	nonblocking(ready.fd);
	if (connect(ready.fd, (const struct sockaddr *)&full->addr,
	    full->len) == 0)
		return 0;
	return errno == EAGAIN || poll(&ready, 1, 100) == 0;
}

void
full_listener(struct full *full, int family)
{
	full->listenfd = loopback_socket(&full->addr, &full->len, family);
	ck_assert_int_eq(listen(full->listenfd, 0), 0);
	while (!is_full(full))
		continue;
}

static void
release(void *arg)
{
	const struct full *full = arg;
	ssize_t n;
	int fd;

	pause_ms(full->ms);
	while ((fd = accept(full->listenfd, NULL, NULL)) != -1) {
		/* Those that filled the queue may be gone. */
		n = send(fd, "x", 1, MSG_NOSIGNAL);
		(void)n;
	}
}

void
full_release(struct full *full, int ms)
{
	full->ms = ms;
	spawn(release, full);
}

/*
 * Bytes that tell where they belong.
 */

static unsigned char
pattern(size_t offset)
{
	return (unsigned char)(((uint32_t)offset * 2654435761u) >> 24);
}

void
pattern_fill(void *buf, size_t n, size_t offset)
{
	unsigned char *bytes = buf;

	for (size_t i = 0; i < n; i++)
		bytes[i] = pattern(offset + i);
}

int
pattern_is(const void *buf, size_t n, size_t offset)
{
	const unsigned char *bytes = buf;

	for (size_t i = 0; i < n; i++)
		if (bytes[i] != pattern(offset + i))
			return 0;
	return 1;
}

void
feed(void *arg)
{
	const struct feed *f = arg;
	char *buf = malloc(f->piece);
	size_t done = 0;
	ssize_t some;

	close(f->fds[0]);
	while (buf != NULL && done < f->total) {
		size_t n = f->piece < f->total - done ? f->piece :
		    f->total - done;

		if (f->pause_ms > 0)
			pause_ms(f->pause_ms);
		pattern_fill(buf, n, done);
		some = write(f->fds[1], buf, n);
		if (some == -1)
			exit(EXIT_FAILURE);
		done += (size_t)some;
	}
	free(buf);
	close(f->fds[1]);
}

void
drain(void *arg)
{
	const struct feed *f = arg;
	char *buf = malloc(f->piece);
	size_t done = 0;
	ssize_t got = -1;

	close(f->fds[1]);
	pause_ms(f->pause_ms);
	while (buf != NULL && (got = read(f->fds[0], buf, f->piece)) > 0) {
		if (!pattern_is(buf, (size_t)got, done))
			exit(EXIT_FAILURE);
		done += (size_t)got;
	}
	free(buf);
	if (got != 0 || done != f->total)
		exit(EXIT_FAILURE);
}

#ifdef UNPWRAP_COVERAGE
/*
 * For tests/coverage.sh: gcov writes down what it counted where a process ends
 * by exit(3).  A child that ends by _exit(2) or abort(3) has run the library
 * too.
 */
void __gcov_dump(void);

void
_exit(int status)
{
	__gcov_dump();
	_Exit(status);
}

void
abort(void)
{
	__gcov_dump();
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
	_Exit(127);
}
#endif
