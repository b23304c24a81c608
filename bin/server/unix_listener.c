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
	dev_t		 device;
	ino_t		 inode;
	pid_t		 owner;
};
static struct name *names;

static int
is_at(const struct name *name, const struct stat *st)
{
	return name->device == st->st_dev && name->inode == st->st_ino;
}

/* The part of a path that names its directory, with the last slash. */
static size_t
directory_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? (size_t)(slash + 1 - path) : 0;
}

/* Of two servers, one must not replace a name while the other has found that it
 * is its own and is about to remove it.  Whoever holds the lock for longer does
 * us harm on purpose, and one who may not read the directory has none: then it
 * goes without.  Returns a descriptor to close, or -1. */
static int
lock_directory(const char *path)
{
	char directory[ENDPOINT_PATH_MAX + 2];
	int fd;

	snprintf(directory, sizeof(directory), "%.*s.",
	    (int)directory_length(path), path);
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

/* A server that has replaced ours has another inode: ours is in use as long as
 * the socket is open.  Workers, which have a copy of this, remove nothing. */
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
		path = name->endpoint.path;
		lock = lock_directory(path);
		if (lstat(path, &st) == 0 && is_at(name, &st))
			unlink(path);
		unlock_directory(lock);
	}
}

static void
remember(const struct endpoint *endpoint, const struct stat *st)
{
	struct name *name = Malloc(sizeof(*name));

	if (names == NULL && atexit(remove_names) != 0)
		err_quit("cannot see to the end of the process");
	name->endpoint = *endpoint;
	name->device = st->st_dev;
	name->inode = st->st_ino;
	name->owner = getpid();
	name->next = names;
	names = name;
}

static void __attribute__((__noreturn__))
cannot_listen(const struct endpoint *endpoint)
{
	char text[ENDPOINT_TEXT_MAX];

	err_sys("cannot listen on %s", endpoint_text(endpoint, text));
}

/* Only a socket is replaced, and none of ours. */
static void
look_at_path(const struct endpoint *endpoint)
{
	char one[ENDPOINT_TEXT_MAX], other[ENDPOINT_TEXT_MAX];
	struct stat st;

	if (lstat(endpoint->path, &st) == -1)
		return;		/* what is wrong with it, bind(2) tells */
	endpoint_text(endpoint, one);
	if (!S_ISSOCK(st.st_mode))
		err_quit("cannot listen on %s: it is there, and not a socket",
		    one);
	for (const struct name *name = names; name != NULL; name = name->next)
		if (is_at(name, &st))
			usage_error("endpoints %s and %s are the same",
			    endpoint_text(&name->endpoint, other), one);
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

/* Clients that come now find the old socket, or this one, which listens.
 * Returns 0, or -1: errno is that of what failed. */
static int
put_in_place(const struct sockaddr_un *addr, const struct endpoint *endpoint)
{
	struct stat st;
	int result, lock;

	if (lstat(addr->sun_path, &st) == -1)
		return -1;
	lock = lock_directory(endpoint->path);
	result = rename(addr->sun_path, endpoint->path);
	unlock_directory(lock);
	if (result == 0)
		remember(endpoint, &st);
	return result;
}

int
unix_listen(const struct endpoint *endpoint, int backlog)
{
	struct sockaddr_un addr;
	int fd, error;

	look_at_path(endpoint);
	endpoint_unix(endpoint, &addr);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd == -1 || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) == -1 ||
	    bind_beside(fd, endpoint->path, &addr) == -1)
		cannot_listen(endpoint);
	if (listen(fd, backlog) == 0 && put_in_place(&addr, endpoint) == 0)
		return fd;
	error = errno;
	unlink(addr.sun_path);
	errno = error;
	cannot_listen(endpoint);
}
