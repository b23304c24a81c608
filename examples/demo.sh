#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the unpwrap authors
#
# The main job on real input, called by "make demo" in the build directory: a
# server on a free port of the loopback, a file and a dialogue through the client.

set -eu
file=./echo-server	# any file with all kinds of bytes would do
[ ! -e .libs/echo-server ] || file=.libs/echo-server
tmp=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$tmp"' EXIT

say() {
	printf '\n== %s\n' "$*"
}

fail() {
	echo "demo: $*" >&2
	exit 1
}

say "A server with two workers, on a port that the kernel chooses"
mkfifo "$tmp/ready"
./echo-server --workers 2 --verbose --ready-fd 3 localhost:0 \
    3>"$tmp/ready" 2>"$tmp/log" &
server=$!
read -r port <"$tmp/ready" || { cat "$tmp/log" >&2; fail "no server"; }
echo "echo-server: process $server, port $port"

say "A file of $(wc -c <"$file" | tr -d ' ') bytes: sent, echoed, every byte compared"
./echo-client --verbose localhost "$port" <"$file" >"$tmp/echo" ||
    fail "echo-client ended with status $?"
cmp "$file" "$tmp/echo" || fail "the echo is not the file"
echo "the echo is the file"

say "A dialogue, as it would be typed"
{
	echo "hello, server"
	sleep 1
	echo "are you still there?"
	sleep 1
} | ./echo-client localhost "$port" >"$tmp/dialogue" ||
    fail "echo-client ended with status $?"
sed 's/^/echoed: /' "$tmp/dialogue"
[ "$(wc -l <"$tmp/dialogue" | tr -d ' ')" -eq 2 ] || fail "lines are missing"

say "The server's process is killed while its client waits for the user"
./echo-server --quiet --model iterative --one-off --ready-fd 3 localhost:0 \
    3>"$tmp/ready" &
victim=$!
read -r port <"$tmp/ready"
mkfifo "$tmp/user"
./echo-client localhost "$port" <"$tmp/user" 2>&1 &
client=$!
exec 4>"$tmp/user"
echo "anyone there?" >&4
sleep 1
{ kill -KILL "$victim" && wait "$victim"; } 2>/dev/null || :
status=0
wait "$client" || status=$?
exec 4>&-
echo "echo-client: exit status $status, while nobody had typed anything"
[ "$status" -eq 27 ] || fail "status 27 was expected"

say "SIGUSR1: statistics.  SIGTERM: a clean stop"
kill -USR1 "$server"
kill -TERM "$server"
status=0
wait "$server" || status=$?
server=
grep -E 'statistics|stopping' "$tmp/log" || :
[ "$status" -eq 0 ] || fail "the server ended with status $status"
echo "echo-server: exit status $status"
