/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

void
Fclose(FILE *fp)
{
	if (fclose(fp) == EOF)
		err_sys("fclose error");
}
EXPORT(Fclose);

FILE *
Fdopen(int fd, const char *mode)
{
	FILE *fp = fdopen(fd, mode);

	if (fp == NULL)
		err_sys("fdopen error for descriptor %d", fd);
	return fp;
}
EXPORT(Fdopen);

char *
Fgets(char *buf, int size, FILE *fp)
{
	char *line = fgets(buf, size, fp);

	if (line == NULL && ferror(fp))
		err_sys("fgets error");
	return line;
}
EXPORT(Fgets);

FILE *
Fopen(const char *path, const char *mode)
{
	FILE *fp = fopen(path, mode);

	if (fp == NULL)
		err_sys("fopen error for %s", path);
	return fp;
}
EXPORT(Fopen);

void
Fputs(const char *str, FILE *fp)
{
	if (fputs(str, fp) == EOF)
		err_sys("fputs error");
}
EXPORT(Fputs);
