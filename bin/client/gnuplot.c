/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "gnuplot.h"
#include "unpwrap.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define MISSING	127
#define TEXT	160	/* of its messages */

static void
become(FILE *script, FILE *picture, FILE *messages)
{
	static char name[] = "gnuplot", no_init[] = "-d", standard[] = "-";
	char *const args[] = { name, no_init, standard, NULL };

	signal(SIGPIPE, SIG_DFL);
	if (dup2(fileno(script), STDIN_FILENO) != -1 &&
	    dup2(fileno(picture), STDOUT_FILENO) != -1 &&
	    dup2(fileno(messages), STDERR_FILENO) != -1)
		execvp(name, args);
	_exit(errno == ENOENT ? MISSING : MISSING - 1);
}

/* The line that says what is wrong, which is the last one: those before it
 * quote the script and point at a place there. */
static void
last_message(FILE *messages, char text[TEXT])
{
	char line[TEXT];
	size_t blanks;

	rewind(messages);
	text[0] = '\0';
	while (fgets(line, TEXT, messages) != NULL) {
		blanks = strspn(line, " \t\n");
		if (line[blanks] != '\0')
			strcpy(text, line + blanks);
	}
	text[strcspn(text, "\n")] = '\0';
}

static int
wait_end(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return -1;
	return status;
}

static int
judge(int status, FILE *picture, FILE *messages, char why[WHY_MAX])
{
	char text[TEXT];
	struct stat st;

	if (WIFEXITED(status) && WEXITSTATUS(status) == MISSING)
		return refuse(why, "gnuplot is not installed");
	if (WIFSIGNALED(status))
		return refuse(why, "gnuplot was ended by signal %d",
		    WTERMSIG(status));
	last_message(messages, text);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return refuse(why, "gnuplot failed with status %d%s%s",
		    WEXITSTATUS(status), text[0] == '\0' ? "" : ": ", text);
	if (fstat(fileno(picture), &st) == -1 || st.st_size == 0)
		return refuse(why, "gnuplot has drawn nothing%s%s",
		    text[0] == '\0' ? "" : ": ", text);
	return 0;
}

int
gnuplot_run(FILE *script, FILE *picture, char why[WHY_MAX])
{
	FILE *messages = tmpfile();
	int status;
	pid_t pid;

	if (messages == NULL)
		return refuse(why, "temporary file: %s", strerror(errno));
	signal(SIGCHLD, SIG_DFL);	/* ignored, it leaves no status */
	pid = fork();
	if (pid == -1) {
		fclose(messages);
		return refuse(why, "fork: %s", strerror(errno));
	}
	if (pid == 0)
		become(script, picture, messages);
	status = judge(wait_end(pid), picture, messages, why);
	fclose(messages);
	return status;
}
