#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the unpwrap authors
#
# Compiles programs against the installed library as its user would, runs them,
# and looks whether what is installed is complete.  Called by "make installcheck"
# with CC, CFLAGS, DESTDIR, bindir, includedir, libdir, mandir, pkgconfigdir and
# transform.

set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
checked=0

fail() {
	echo "installcheck: $*" >&2
	exit 1
}

passed() {
	checked=$((checked + 1))
	echo "installcheck: $*"
}

cat >"$tmp/modern.c" <<'END'
#include <unpwrap.h>
int
main(void)
{
	int fd = Tcp_listen("127.0.0.1", "0", NULL);

	Close(fd);
	return 0;
}
END
cat >"$tmp/book.c" <<'END'
#include "unp.h"
int
main(int argc, char **argv)
{
	int listenfd, connfd, fd[2];
	struct sockaddr_in servaddr;
	socklen_t len = sizeof(servaddr);
	char line[MAXLINE];

	listenfd = Socket(AF_INET, SOCK_STREAM, 0);
	bzero(&servaddr, sizeof(servaddr));
	servaddr.sin_family = AF_INET;
	servaddr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	Bind(listenfd, (SA *) &servaddr, sizeof(servaddr));
	Listen(listenfd, LISTENQ);
	Getsockname(listenfd, (SA *) &servaddr, &len);
	Pipe(fd);
	if (Fork() == 0) {
		connfd = Accept(listenfd, (SA *) NULL, NULL);
		str_echo(connfd);
		exit(0);
	}
	connfd = Socket(AF_INET, SOCK_STREAM, 0);
	Connect(connfd, (SA *) &servaddr, sizeof(servaddr));
	Writen(connfd, "hello\n", 6);
	if (Readline(connfd, line, MAXLINE) != 6 || strcmp(line, "hello\n") != 0)
		err_quit("no echo");
	Close(connfd);
	Wait(NULL);
	return 0;
}
END

PKG_CONFIG_PATH=$DESTDIR$pkgconfigdir
PKG_CONFIG_SYSROOT_DIR=$DESTDIR
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
if pkg-config --version >/dev/null 2>&1; then
	cflags=$(pkg-config --cflags unpwrap)
	libs=$(pkg-config --libs unpwrap)
	static_libs=$(pkg-config --static --libs unpwrap)
else
	echo "installcheck: no pkg-config: its flags are written out"
	cflags=-I$DESTDIR$includedir/unpwrap
	libs="-L$DESTDIR$libdir -lunpwrap"
	static_libs="$libs -pthread"
fi

# try HOW FLAGS...: compiles and runs both programs.
try() {
	how=$1
	shift
	for program in modern book; do
		# shellcheck disable=SC2086
		$CC ${CFLAGS:-} $cflags "$tmp/$program.c" -o "$tmp/$program" "$@" ||
		    fail "$program.c does not compile ($how)"
		LD_LIBRARY_PATH=$DESTDIR$libdir "$tmp/$program" ||
		    fail "$program does not run ($how)"
	done
	passed "programs compile and run ($how)"
}

if [ -e "$DESTDIR$libdir/libunpwrap.so" ]; then
	# shellcheck disable=SC2086
	try shared $libs
fi
if [ -e "$DESTDIR$libdir/libunpwrap.a" ]; then
	echo 'int main(void) { return 0; }' >"$tmp/empty.c"
	if $CC ${CFLAGS:-} "$tmp/empty.c" -static -o "$tmp/empty" 2>/dev/null; then
		# shellcheck disable=SC2086
		try static -static $static_libs
	else
		echo "installcheck: no static C library: -static is not tried"
		try archive "$DESTDIR$libdir/libunpwrap.a" -pthread
	fi
fi

for program in $(printf '%s\n' echo-server echo-client | sed "$transform"); do
	LD_LIBRARY_PATH=$DESTDIR$libdir "$DESTDIR$bindir/$program" --version \
	    >"$tmp/version" || fail "$program --version fails"
	[ -f "$DESTDIR$mandir/man1/$program.1" ] || fail "no page $program(1)"
done
passed "both programs run and have their pages"

for function in readn Socket err_sys unpwrap_prefork tcp_connect; do
	[ -f "$DESTDIR$mandir/man3/$function.3unpwrap" ] ||
	    fail "no page $function(3unpwrap)"
done
passed "functions have their pages"
[ "$checked" -ge 3 ] || fail "nothing was checked"
