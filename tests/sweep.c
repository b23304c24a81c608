/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The fault sweep.  Each scenario makes one call of the library; it is made
 * first without a fault, which tells how often the library calls each function
 * of the C library, and then once for each of these calls and each error that
 * this function can fail with, in each mode (see sweep.h).  Each run is a
 * process of its own, which has HANG_SECONDS.  After each:
 *
 *	it ended, and not by a signal;
 *	it failed with the error that was injected, or did what it should, data
 *	included, or what the rules say instead;
 *	no descriptor and no memory is lost; signal mask and dispositions are
 *	as before.
 *
 * sweep [-nv] [scenario ...]: -n makes no faults, for a slow machine such as
 * valgrind's; -v prints every run that fails, not the first ten.
 */
#include "sweep_run.h"

#include <sys/mman.h>

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>

#define HANG_SECONDS	2
#define SLOW_SECONDS	30	/* where there is no fault to hang of */
#define JOBS		2	/* scenarios at a time */
#define SIGNALS		32	/* POSIX's */
#define DESCRIPTORS	64	/* looked at; a scenario has few */
#define SHOWN		10
#define MODULE		"tests/.libs/sweep_inject.so"

struct sweep *sweep;
int reports;

/* What a process says of what it did, in shared memory. */
struct verdict {
	char	 wrong[512];	/* "": nothing */
	unsigned calls[FUNCTIONS];
	int	 applied;
};
struct result {
	unsigned long runs, failures;
	int	 skipped;
	unsigned calls[FUNCTIONS];	/* in all modes */
	char	 text[8192];		/* of the failures */
	size_t	 text_len;
};

struct fault {
	unsigned modes;
	int	 function;
	unsigned k;		/* 0: none */
	int	 error;
};

static const struct scenario *const families[] = {
	io_scenarios, message_scenarios, name_scenarios, process_scenarios,
	socket_scenarios, thread_scenarios, unix_scenarios,
};
#define FAMILIES	(sizeof(families) / sizeof(families[0]))

static size_t shown = SHOWN;
static int no_faults;

/*
 * What holds for all scenarios.
 */
static const struct rule common_rules[] = {
	/* Interrupted calls are retried; a descriptor is closed all the same,
	 * and what close(2) says in clean-up is not what failed. */
	{ F_close,	0,	SUCCEEDS,	0,	0 },
	{ F_accept,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_accept,	ECONNABORTED, SUCCEEDS,	0,	0 },
	{ F_accept,	EPROTO,	SUCCEEDS,	0,	0 },
	{ F_accept4,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_accept4,	ECONNABORTED, SUCCEEDS,	0,	0 },
	{ F_accept4,	EPROTO,	SUCCEEDS,	0,	0 },
	{ F_connect,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_dup2,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_dup3,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_epoll_wait,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_poll,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_pread,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_read,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_recv,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_recvfrom,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_recvmsg,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_select,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_send,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_sendmsg,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_sendto,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_waitpid,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_write,	EINTR,	SUCCEEDS,	0,	0 },
	NO_RULES
};

static const struct rule *
find_rule(const struct rule *rule, const struct fault *fault)
{
	if (rule == NULL)
		return NULL;
	for (; rule->function != FUNCTIONS; rule++)
		if ((rule->function == ANY ||
		    rule->function == fault->function) &&
		    (rule->error == 0 || rule->error == fault->error) &&
		    (rule->k == 0 || rule->k == fault->k))
			return rule;
	return NULL;
}

/* As tcp_connect(3) has it. */
static int
errno_of_gai(int gai)
{
	static const int table[][2] = {
		{ EAI_AGAIN, EAGAIN }, { EAI_BADFLAGS, EINVAL },
		{ EAI_FAIL, EIO }, { EAI_FAMILY, EAFNOSUPPORT },
		{ EAI_MEMORY, ENOMEM }, { EAI_NONAME, ENOENT },
		{ EAI_OVERFLOW, EOVERFLOW }, { EAI_SERVICE, ENOENT },
		{ EAI_SOCKTYPE, EPROTOTYPE }, { EAI_SYSTEM, SYSTEM_ERROR },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i][0] == gai)
			return table[i][1];
	return 0;
}

/*
 * Errors that the library reports.
 */
char reported[1024];
sigjmp_buf fatal;

static void
take_report(int priority, const char *message, void *arg)
{
	sweep->disarm();
	(void)priority;
	(void)arg;
	reports++;
	snprintf(reported, sizeof(reported), "%s", message);
	sweep->arm();
}

static void
take_fatal(int status, void *arg)
{
	(void)status;
	(void)arg;
	sweep->disarm();
	siglongjmp(fatal, 1);
}

static const struct unpwrap_error_policy policy = {
	.program = "", .report = take_report, .fatal = take_fatal,
};

int
report_ends_in(const char *text)
{
	size_t n = strlen(reported), m = strlen(text);

	return n > m && strcmp(reported + n - m, text) == 0;
}

/* Whether what failed failed with this. */
static int
failed_with(const struct world *w, const struct fault *fault, int error)
{
	if (reports == 0)
		return w->error == error;
	if (fault->function == F_getaddrinfo && fault->error != EAI_SYSTEM)
		return report_ends_in(gai_strerror(fault->error));
	return report_ends_in(strerror(error));
}

/*
 * One run.
 */
static void __attribute__((__format__(__printf__, 2, 3)))
complain(struct verdict *verdict, const char *format, ...)
{
	size_t n = strlen(verdict->wrong);
	va_list args;

	va_start(args, format);
	vsnprintf(verdict->wrong + n, sizeof(verdict->wrong) - n, format,
	    args);
	va_end(args);
}

static const char *
came_out(enum outcome outcome, const struct world *w, char *buf, size_t size)
{
	if (outcome == OK)
		return "succeeded";
	if (outcome == WRONG)
		return "returned with wrong data";
	if (reports > 0)
		snprintf(buf, size, "reported \"%s\"", reported);
	else
		snprintf(buf, size, "failed with \"%s\"", strerror(w->error));
	return buf;
}

static void
judge(const struct scenario *scenario, const struct fault *fault,
    enum outcome outcome, const struct world *w, struct verdict *verdict)
{
	const struct rule *rule = find_rule(scenario->rules, fault);
	enum outcome_due due = FAILS;
	int error = fault->error, right;
	char buf[1200];

	if (rule == NULL)
		rule = find_rule(common_rules, fault);
	if (rule != NULL)
		due = rule->due;
	if (!sweep->fired)
		due = SUCCEEDS;
	if (fault->function == F_getaddrinfo)
		error = errno_of_gai(error);
	if (due == FAILS_AS)
		error = rule->as;
	if (outcome == FAILED)
		right = due == FAILS_SILENTLY || (due != SUCCEEDS &&
		    failed_with(w, fault, error));
	else
		right = outcome == OK && (due == SUCCEEDS || due == EITHER);
	if (!right)
		complain(verdict, " %s;", came_out(outcome, w, buf,
		    sizeof(buf)));
}

struct kept {
	char	 is_open[DESCRIPTORS];
	sigset_t mask;
	struct sigaction actions[SIGNALS];
};

static void
keep(struct kept *kept)
{
	for (int fd = 0; fd < DESCRIPTORS; fd++)
		kept->is_open[fd] = fcntl(fd, F_GETFD) != -1;
	pthread_sigmask(SIG_BLOCK, NULL, &kept->mask);
	for (int signo = 1; signo < SIGNALS; signo++)
		sigaction(signo, NULL, &kept->actions[signo]);
}

static void
restore_signals(const struct kept *kept)
{
	for (int signo = 1; signo < SIGNALS; signo++)
		if (signo != SIGKILL && signo != SIGSTOP)
			sigaction(signo, &kept->actions[signo], NULL);
	pthread_sigmask(SIG_SETMASK, &kept->mask, NULL);
}

static void
compare_signals(const struct kept *before, const struct kept *after,
    struct verdict *verdict)
{
	for (int signo = 1; signo < SIGNALS; signo++) {
		if (sigismember(&before->mask, signo) !=
		    sigismember(&after->mask, signo))
			complain(verdict, " signal %d %s;", signo,
			    sigismember(&after->mask, signo) ? "is blocked" :
			    "is no longer blocked");
		if (before->actions[signo].sa_handler !=
		    after->actions[signo].sa_handler)
			complain(verdict, " signal %d has a new disposition;",
			    signo);
	}
}

static void
compare(const struct kept *before, const struct fault *fault,
    struct verdict *verdict)
{
	struct kept after;

	keep(&after);
	for (int fd = 0; fd < DESCRIPTORS; fd++)
		if (before->is_open[fd] != after.is_open[fd])
			complain(verdict, " descriptor %d is %s;", fd,
			    after.is_open[fd] ? "left open" : "closed");
	if (sweep->blocks != 0)
		complain(verdict, " %ld blocks of memory are lost;",
		    sweep->blocks);
	if (fault->function != F_pthread_sigmask)
		compare_signals(before, &after, verdict);
}

static void
run(const struct scenario *scenario, const struct fault *fault,
    struct verdict *verdict)
{
	static struct world w;
	volatile enum outcome outcome = FAILED;
	struct kept before;

	memset(verdict, 0, sizeof(*verdict));
	verdict->applied = (int)fault->modes;	/* should it not return */
	reports = 0;
	keep(&before);
	sweep->blocks = 0;
	sweep->track = 1;
	world_begin(&w);
	if (scenario->setup != NULL)
		scenario->setup(&w);
	memset(sweep->calls, 0, sizeof(sweep->calls));
	sweep->modes = fault->modes;
	sweep->function = fault->function;
	sweep->k = fault->k;
	sweep->error = fault->error;
	sweep->fired = sweep->applied = sweep->follow = 0;
	sweep->datagrams = 0;
	unpwrap_error_policy(&policy);
	if (sigsetjmp(fatal, 0) == 0)
		outcome = scenario->run(&w);
	memcpy(verdict->calls, sweep->calls, sizeof(verdict->calls));
	verdict->applied = sweep->applied;
	world_end(&w);
	sweep->track = 0;
	judge(scenario, fault, outcome, &w, verdict);
	compare(&before, fault, verdict);
}

/* A timer that nothing in the process can hold back. */
static void
limit_time(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
	    .sigev_signo = SIGKILL };
	struct itimerspec limit = { .it_value.tv_sec =
	    no_faults ? SLOW_SECONDS : HANG_SECONDS };
	timer_t timer;

	if (timer_create(CLOCK_MONOTONIC, &event, &timer) == -1 ||
	    timer_settime(timer, 0, &limit, NULL) == -1)
		_exit(NO_SETUP);
}

/* Returns 0 unless the child ended by itself, as it should. */
static int
run_in_child(const struct scenario *scenario, const struct fault *fault,
    struct verdict *verdict)
{
	int status;
	pid_t pid;

	verdict->wrong[0] = '\0';
	pid = fork();
	if (pid == 0) {
		limit_time();
		run(scenario, fault, verdict);
		_exit(0);
	}
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		complain(verdict, " cannot fork;");
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		complain(verdict, " hung;");
	else if (WIFSIGNALED(status))
		complain(verdict, " was ended by signal %d;",
		    WTERMSIG(status));
	else if (WEXITSTATUS(status) == NO_SETUP)
		complain(verdict, " could not be set up;");
	else if (WEXITSTATUS(status) != 0)
		complain(verdict, " exited with %d;", WEXITSTATUS(status));
	else
		return 1;
	return 0;
}

/*
 * A scenario.
 */
static const char *
error_name(const struct fault *fault)
{
	return fault->function == F_getaddrinfo ? gai_strerror(fault->error) :
	    strerror(fault->error);
}

static void
record(struct result *result, const struct fault *fault,
    const struct verdict *verdict)
{
	char what[256] = "no fault";
	size_t room = sizeof(result->text) - result->text_len;
	int n;

	result->runs++;
	if (verdict->wrong[0] == '\0')
		return;
	if (result->failures++ >= shown)
		return;
	if (fault->k != 0)
		snprintf(what, sizeof(what), "%s call %u fails with \"%s\"",
		    function_name(fault->function), fault->k,
		    error_name(fault));
	n = snprintf(result->text + result->text_len, room,
	    "# %s%s%s%s:%s\n", what,
	    fault->modes & MODE_SHORT ? ", short transfers" : "",
	    fault->modes & MODE_EINTR ? ", EINTR" : "",
	    fault->modes & MODE_EAGAIN ? ", EAGAIN" : "", verdict->wrong);
	result->text_len += (size_t)n < room ? (size_t)n : room - 1;
}

static void
sweep_function(const struct scenario *scenario, unsigned modes, int function,
    unsigned calls, struct verdict *verdict, struct result *result)
{
	struct fault fault = { .modes = modes, .function = function };
	const int *error = documented_errors[function];
	const struct rule *rule;

	for (; *error != 0; error++) {
		fault.error = *error;
		rule = find_rule(scenario->rules, &fault);
		if (rule != NULL && rule->due == CANNOT_FAIL)
			continue;
		for (fault.k = 1; fault.k <= calls; fault.k++) {
			run_in_child(scenario, &fault, verdict);
			record(result, &fault, verdict);
		}
	}
}

static void
sweep_mode(const struct scenario *scenario, unsigned modes,
    struct verdict *verdict, struct result *result)
{
	struct fault none = { .modes = modes };
	unsigned calls[FUNCTIONS];

	run_in_child(scenario, &none, verdict);
	/* A mode that makes no difference is another one's double. */
	if (verdict->applied != (int)modes)
		return;
	record(result, &none, verdict);
	memcpy(calls, verdict->calls, sizeof(calls));
	for (int f = 0; f < FUNCTIONS; f++) {
		result->calls[f] += calls[f];
		if (no_faults)
			continue;
		sweep_function(scenario, modes, f, calls[f], verdict, result);
	}
}

/* What the C library keeps for good is not to be taken for a loss: it is warmed
 * up, here, by a run that is not judged. */
static void
sweep_scenario(const struct scenario *scenario, struct verdict *verdict,
    struct result *result)
{
	struct fault none = { .modes = 0 };
	struct kept before;

	keep(&before);
	if (run_in_child(scenario, &none, verdict))
		run(scenario, &none, verdict);
	restore_signals(&before);
	result->skipped = strcmp(verdict->wrong, " could not be set up;") == 0;
	if (result->skipped)
		return;
	for (unsigned modes = 0; modes < MODES; modes++)
		if (modes == 0 || !scenario->plain)
			sweep_mode(scenario, modes, verdict, result);
}

/*
 * All of them.
 */
static void *
nothing(void *unused)
{
	return unused;
}

/* As sweep_scenario has it; these are kept on the paths of errors alone. */
static void
warm_up(void)
{
	static const int families_of[] = { AF_INET, AF_INET6, AF_UNSPEC };
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *all;
	pthread_t thread;

	for (int i = 0; i < 6; i++) {
		hints.ai_family = families_of[i % 3];
		hints.ai_flags = i < 3 ? AI_PASSIVE : 0;
		if (getaddrinfo(NULL, "0", &hints, &all) == 0)
			freeaddrinfo(all);
	}
	if (pthread_create(&thread, NULL, nothing, NULL) == 0)
		pthread_join(thread, NULL);
	tzset();
}

static void *
shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		abort();
	return memory;
}

static pid_t
start(const struct scenario *scenario, struct result *result)
{
	struct verdict *verdict;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	verdict = shared(sizeof(*verdict));
	sweep_scenario(scenario, verdict, result);
	_exit(0);
}

static int
is_asked_for(const char *name, char *const *wanted)
{
	if (*wanted == NULL)
		return 1;
	for (; *wanted != NULL; wanted++)
		if (strcmp(*wanted, name) == 0)
			return 1;
	return 0;
}

static size_t
choose(const struct scenario **chosen, char *const *wanted)
{
	size_t n = 0;

	for (size_t i = 0; i < FAMILIES; i++)
		for (const struct scenario *s = families[i]; s->name != NULL;
		    s++)
			if (is_asked_for(s->name, wanted))
				chosen[n++] = s;
	return n;
}

static int
print(size_t number, const struct scenario *scenario,
    const struct result *result)
{
	int passed = result->runs > 0 && result->failures == 0;

	if (result->skipped) {
		printf("ok %zu - %s # SKIP could not be set up\n", number,
		    scenario->name);
		return 1;
	}
	printf("%sok %zu - %s: %lu runs", passed ? "" : "not ", number,
	    scenario->name, result->runs);
	if (!passed)
		printf(", %lu wrong", result->failures);
	printf("\n%s", result->text);
	fflush(stdout);
	return passed;
}

/* A function that no scenario reaches is one that nothing was shown of. */
static void
print_reached(size_t number, const struct result *results, size_t n)
{
	unsigned long calls;
	int missing = 0;

	for (int f = 0; f < FUNCTIONS; f++) {
		calls = 0;
		for (size_t i = 0; i < n; i++)
			calls += results[i].calls[f];
		if (calls == 0) {
			missing++;
			printf("# nobody calls %s\n", function_name(f));
		}
	}
	printf("%sok %zu - every function is called\n", missing ? "not " : "",
	    number);
}

/* The scenarios are run JOBS at a time and printed in order. */
static int
sweep_all(const struct scenario *const *chosen, struct result *results,
    size_t n)
{
	pid_t pids[1024];
	size_t started = 0, passed = 0;
	unsigned long runs = 0;
	int64_t begin = time(NULL);

	for (size_t i = 0; i < n; i++) {
		for (; started < n && started < i + JOBS; started++)
			pids[started] = start(chosen[started],
			    &results[started]);
		waitpid(pids[i], NULL, 0);
		passed += (size_t)print(i + 1, chosen[i], &results[i]);
		runs += results[i].runs;
	}
	printf("%sok %zu - %zu scenarios, %lu runs in %ld s\n",
	    passed == n ? "" : "not ", n + 1, n, runs,
	    (long)(time(NULL) - begin));
	return passed == n;
}

/* The module is preloaded by starting again. */
static void
preload(char **argv)
{
	const char *module = getenv("SWEEP_INJECT");

	if (getenv("SWEEP_AGAIN") != NULL)
		printf("Bail out! the module was not loaded\n");
	if (module == NULL)
		module = MODULE;
	if (access(module, R_OK) == -1)
		printf("Bail out! no module %s\n", module);
	fflush(stdout);
	if (getenv("SWEEP_AGAIN") != NULL || access(module, R_OK) == -1)
		exit(99);
	setenv("SWEEP_AGAIN", "1", 1);
	setenv("LD_PRELOAD", module, 1);
	execv("/proc/self/exe", argv);
	exit(99);
}

int
main(int argc, char **argv)
{
	static const struct scenario *chosen[1024];
	struct result *results;
	size_t n;
	int passed, option;

	sweep = dlsym(RTLD_DEFAULT, "sweep_control");
	if (sweep == NULL)
		preload(argv);
	while ((option = getopt(argc, argv, "nv")) != -1) {
		if (option == 'v')
			shown = (size_t)-1;
		else if (option == 'n')
			no_faults = 1;
		else
			return 2;
	}
	argv += optind - 1;
	signal(SIGPIPE, SIG_DFL);
	warm_up();
	n = choose(chosen, argv + 1);
	results = shared((n + 1) * sizeof(*results));
	printf("1..%zu\n", n + (argv[1] == NULL && !no_faults ? 2 : 1));
	fflush(stdout);
	passed = sweep_all(chosen, results, n);
	if (argv[1] == NULL && !no_faults)
		print_reached(n + 2, results, n);
	return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}
