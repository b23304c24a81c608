/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "options.h"
#include "unix_listener.h"
#include "unpwrap.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRIES		16	/* to find a name that is free */
#define LOCK_TRIES	100
#define LOCK_PAUSE_MS	10

/* What we have made, and are to remove. */
struct name {
	struct name	*next;
	struct endpoint	 endpoint;
	struct sockaddr_un beside;	/* where it is until it is placed */
	int		 is_placed;
	struct stat	 directory, socket;
	pid_t		 owner;
};
static struct name *names;

static int
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* The part of a path that names its directory, with the last slash. */
static size_t
directory_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? (size_t)(slash + 1 - path) : 0;
}

static void
directory_of(const char *path, char directory[ENDPOINT_PATH_MAX + 2])
{
	snprintf(directory, ENDPOINT_PATH_MAX + 2, "%.*s.",
	    (int)directory_length(path), path);
}

/* A server must not replace a name that another has just found to be its own
 * and is about to remove.  We go on without the lock if somebody holds it too
 * long, which is malice, or if we may not read the directory.  Returns a
 * descriptor to close, or -1. */
static int
lock_directory(const char *path)
{
	char directory[ENDPOINT_PATH_MAX + 2];
	int fd;

	directory_of(path, directory);
	fd = open(directory, O_RDONLY | O_CLOEXEC);
	for (int i = 0; fd != -1 && i < LOCK_TRIES &&
	    flock(fd, LOCK_EX | LOCK_NB) == -1; i++)
		poll(NULL, 0, LOCK_PAUSE_MS);
	return fd;
}

static void
unlock_directory(int fd)
{
	if (fd != -1)
		close(fd);
}

/* A socket of a server that replaced ours has another inode: ours stays in use
 * while it is open.  Workers have a copy of this list but remove nothing. */
static void
remove_names(void)
{
	const char *path;
	struct stat st;
	int lock;

	for (const struct name *name = names; name != NULL;
	    name = name->next) {
		if (name->owner != getpid())
			continue;
		path = name->is_placed ? name->endpoint.path :
		    name->beside.sun_path;
		lock = lock_directory(path);
		if (lstat(path, &st) == 0 && is_same(&name->socket, &st))
			unlink(path);
		unlock_directory(lock);
	}
}

static void __attribute__((__noreturn__))
cannot_listen(const struct endpoint *endpoint)
{
	char text[ENDPOINT_TEXT_MAX];

	err_sys("cannot listen on %s", endpoint_text(endpoint, text));
}

static struct name *
remember(const struct endpoint *endpoint)
{
	struct name *name = Calloc(1, sizeof(*name));

	if (names == NULL && atexit(remove_names) != 0)
		err_quit("cannot see to the end of the process");
	name->endpoint = *endpoint;
	name->owner = getpid();
	name->next = names;
	names = name;
	return name;
}

/* However their directory is written. */
static void
refuse_same(const struct name *name)
{
	const char *path = name->endpoint.path, *other;
	char one[ENDPOINT_TEXT_MAX], two[ENDPOINT_TEXT_MAX];

	for (const struct name *n = name->next; n != NULL; n = n->next) {
		other = n->endpoint.path;
		if (is_same(&n->directory, &name->directory) &&
		    strcmp(path + directory_length(path),
		    other + directory_length(other)) == 0)
			usage_error("endpoints %s and %s are the same",
			    endpoint_text(&n->endpoint, two),
			    endpoint_text(&name->endpoint, one));
	}
}

/* Only a socket is replaced.  What else is wrong with it, bind(2) tells. */
static void
look_at_path(struct name *name)
{
	char directory[ENDPOINT_PATH_MAX + 2], text[ENDPOINT_TEXT_MAX];
	const char *path = name->endpoint.path;
	struct stat st;

	directory_of(path, directory);
	if (stat(directory, &name->directory) == 0)
		refuse_same(name);
	if (lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
		err_quit("cannot listen on %s: it is there, and not a socket",
		    endpoint_text(&name->endpoint, text));
}

/* Binds to a name of its own in the same directory, from where rename(2) can
 * put it in place.  Returns 0, or -1: errno is bind(2)'s. */
static int
bind_beside(int fd, const char *path, struct sockaddr_un *addr)
{
	int n;

	for (unsigned i = 0; i < TRIES; i++) {
		n = snprintf(addr->sun_path, sizeof(addr->sun_path),
		    "%.*s.%lx-%x", (int)directory_length(path), path,
		    (unsigned long)getpid(), i);
		if ((size_t)n >= sizeof(addr->sun_path)) {
			errno = ENAMETOOLONG;
			return -1;
		}
		if (bind(fd, (struct sockaddr *)addr, sizeof(*addr)) == 0)
			return 0;
		if (errno != EADDRINUSE)
			return -1;
	}
	return -1;
}

int
unix_listen(const struct endpoint *endpoint, int backlog)
{
	struct name *name = remember(endpoint);
	int fd;

	look_at_path(name);
	endpoint_unix(endpoint, &name->beside);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd == -1 || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) == -1 ||
	    bind_beside(fd, endpoint->path, &name->beside) == -1 ||
	    lstat(name->beside.sun_path, &name->socket) == -1 ||
	    listen(fd, backlog) == -1)
		cannot_listen(endpoint);
	return fd;
}

void
unix_listeners_place(void)
{
	int result, lock;

	for (struct name *name = names; name != NULL; name = name->next) {
		lock = lock_directory(name->endpoint.path);
		result = rename(name->beside.sun_path, name->endpoint.path);
		unlock_directory(lock);
		if (result == -1)
			cannot_listen(&name->endpoint);
		name->is_placed = 1;
	}
}
