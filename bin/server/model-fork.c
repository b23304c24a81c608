/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "acceptor.h"
#include "blocking.h"
#include "cheap_fork.h"
#include "children.h"
#include "log.h"
#include "model.h"
#include "oom.h"
#include "stack_buffer.h"

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

/* For the handler. */
static struct server *server;
static struct children children;	/* where sources are counted */
static sigset_t chld;			/* SIGCHLD alone */

/* Leaves the source for a child that could not do so itself. */
static void
forget(pid_t pid)
{
	uint64_t left, source = children_remove(&children, pid, &left);

	if (source != 0)
		sources_at_most(server->sources, server->worker->slot, source,
		    left);
}

/* The handler of SIGCHLD: the book's loop, and the account of the children.
 * The exit status says too little: a child killed late may have counted its
 * end. */
static void
reap(int signo)
{
	int error = errno;
	uint64_t n = 0;
	pid_t pid;

	(void)signo;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
		forget(pid);
		n++;
	}
	stats_children_gone(server->part, n);
	if (errno != error)	/* else a page is copied for nothing */
		errno = error;
}

static void
catch_children(void)
{
	struct sigaction action = {
		.sa_handler = reap, .sa_flags = SA_RESTART | SA_ONSTACK,
	};

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigemptyset(&action.sa_mask);
	sigaction(SIGCHLD, &action, NULL);
}

/* Children that have not ended by the drain time go with our process group. */
static void
wait_for_children(void)
{
	sigset_t old;

	sigprocmask(SIG_BLOCK, &chld, &old);
	sigdelset(&old, SIGCHLD);
	while (atomic_load(&server->part->reaped) !=
	    atomic_load(&server->part->accepted))
		sigsuspend(&old);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void __attribute__((__noreturn__))
serve_in_child(int fd, const struct peer *peer,
    char *buffer, pid_t worker)
{
	unpwrap_end_with_parent(worker);
	oom_prefer(OOM_CHILD);
	for (unsigned i = 0; i < server->nlisten; i++)
		close(server->listenfds[i]);
	serve_blocking(server, fd, peer, buffer);
	_exit(0);
}

/* If sources are counted, no child may be reaped between the counting of a
 * connection and the listing of its child. */
static pid_t
fork_listed(const struct peer *peer)
{
	pid_t pid = -1;

	if (server->sources == NULL)
		return cheap_fork();
	if (children_make_room(&children) == 0)
		pid = cheap_fork();
	if (pid > 0)
		children_add(&children, pid, sources_key(&peer->addr.any));
	return pid;
}

static void
hold_reaping(struct acceptor *acceptor)
{
	if (server->sources == NULL)
		return;
	acceptor->held = &chld;
	sigprocmask(SIG_BLOCK, &chld, NULL);
}

/* Reaps those that ended meanwhile: our next wait may be far off. */
static void
reap_held(const struct acceptor *acceptor)
{
	if (acceptor->held == NULL)
		return;
	sigprocmask(SIG_UNBLOCK, &chld, NULL);
	sigprocmask(SIG_BLOCK, &chld, NULL);
}

static int
serve_with(void *arg, char *buffer)
{
	pid_t worker = getpid(), child;
	struct acceptor acceptor;
	struct peer peer;
	int fd;

	(void)arg;
	if (acceptor_open(&acceptor, server, 0) == -1) {
		log_error("cannot serve", errno);
		return 1;
	}
	hold_reaping(&acceptor);
	while ((fd = acceptor_next(&acceptor, &peer)) >= 0) {
		child = fork_listed(&peer);
		if (child == 0)
			serve_in_child(fd, &peer, buffer, worker);
		if (child == -1) {
			log_error("cannot fork", errno);
			acceptor_refuse(&acceptor, &peer, fd);
		} else {
			close(fd);
		}
		reap_held(&acceptor);
	}
	wait_for_children();
	acceptor_close(&acceptor);
	return 0;
}

int
serve_fork(struct server *given)
{
	server = given;
	catch_children();
	cheap_fork_prepare(server);
	return with_stack_buffer(serve_with, NULL);
}
