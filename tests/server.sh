# SPDX-License-Identifier: MIT
# Copyright (c) the unpwrap authors
#
# For test scripts, after tap.sh: servers, their processes, and clients of them.

# The programs behind libtool's wrapper scripts: a limit on processes, or a
# preloaded library, is then the program's alone.
real_program() {
	if [ -x "$top_builddir/.libs/$1" ]; then
		echo "$top_builddir/.libs/$1"
	else
		echo "$top_builddir/$1"
	fi
}
echo_server=$(real_program echo-server)
echo_client=$(real_program echo-client)
LD_LIBRARY_PATH=$top_builddir/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH

server=			# the process, while there is one
port=			# where it listens (several: one on each line)
log=$tmp/server.log	# what it has logged
model=fork		# operand of --model, and options that belong to it
endpoints=127.0.0.1:0
server_prefix=		# a command that execs the server, e.g. "env A=b"

mkfifo "$tmp/ready" "$tmp/in8" "$tmp/in9" || exit 99

# No pid that was reaped, which may be another's by now: what is left of the
# server's, and whoever else is a child of ours.
clean_up() {
	kill_quietly KILL $server $(children_of $$)
	exec 8>&- 9>&-
}

kill_quietly() {	# SIGNAL PID...
	kill_signal=$1
	shift
	[ $# -eq 0 ] || kill -s "$kill_signal" "$@" 2>/dev/null
}

# has_model MODEL: whether it runs on this host; why not is in $why.  A wrong
# endpoint: the model is looked at first.
has_model() {
	why=$("$echo_server" --model "$1" 127.0.0.1:99999 2>&1 |
	    sed -n 's/.*not on this host: //p')
	[ -z "$why" ]
}

# has_fault FAULT: whether this host can; why not is in $why.  A log that cannot be
# opened: the faults are looked at first.
has_fault() {
	why=$("$echo_server" --fault "$1" --log-file "$tmp/none/log" \
	    127.0.0.1:0 2>&1 | sed -n 's/.*not on this host: //p')
	[ -z "$why" ]
}

# for_models "MODEL OPTION..." ... -- COMMAND...: with each in $model, and the
# number of its workers in $count; if $MODELS has names, with these alone.
for_models() {
	models=
	while [ "$1" != -- ]; do
		models="$models$1;"
		shift
	done
	shift
	while [ -n "$models" ]; do
		model=${models%%;*}
		models=${models#*;}
		case $model in
		*--workers*) count=${model##* } ;;
		*)	count=1 ;;
		esac
		case " ${MODELS:-$model} " in
		*" ${model%% *} "*)	;;
		*)			continue ;;
		esac
		if ! has_model "${model%% *}"; then
			skip "$model" "$why"
			continue
		fi
		"$@"
	done
}

for_each_model() {
	for_each_process_model "$@"
	for_each_threaded_model "$@"
	for_each_event_model "$@"
}

# Those that serve a client in a process of its own.
for_each_process_model() {
	for_models fork iterative 'prefork --workers 4' 'fork --workers 2' \
	    -- "$@"
}

# Those that serve a client in a thread of its own.
for_each_threaded_model() {
	for_models thread 'prethread --workers 2' -- "$@"
}

# Those of one process for many clients at once.
for_each_event_model() {
	for_models poll epoll 'epoll --workers 4' io_uring \
	    'io_uring --workers 4' -- "$@"
}

# Those that serve several clients at once.
for_each_concurrent_model() {
	for_models fork 'prefork --workers 4' 'fork --workers 2' -- "$@"
	for_each_threaded_model "$@"
	for_each_event_model "$@"
}

# Those of one process for several clients after another.
for_each_iterative_model() {
	for_models iterative 'prefork --workers 4' -- "$@"
}

# start_server [OPTION]...: returns once it listens, or fails.
start_server() {
	: >"$log"
	$server_prefix "$echo_server" --ready-fd 7 --model $model "$@" \
	    $endpoints </dev/null >/dev/null 2>>"$log" 7>"$tmp/ready" \
	    8>&- 9>&- &
	server=$!
	port=$(cat "$tmp/ready")
	[ -n "$port" ]
}

# Waits for the end of the server: its exit status is in $ended.
wait_server() {
	wait "$server"
	ended=$?
	server=
}

# stop_server [SIGNAL]
stop_server() {
	kill -s "${1:-TERM}" "$server" 2>/dev/null
	wait_server
}

# The server is to end well, and everything of it.
stop_server_ok() {
	stopping=$(echo "$server"; descendants)
	stop_server
	is "$model: ends with status 0" "$ended" 0 || sed 's/^/# /' "$log"
	ok "$model: leaves no process" wait_for none_alive $stopping
}

#
# Processes.
#

# is_alive PID: also where it is a zombie.
is_alive() {
	kill -0 "$1" 2>/dev/null
}

none_alive() {
	for one do
		! is_alive "$one" || return 1
	done
}

children_of() {
	ps -A -o pid= -o ppid= | awk -v parent="$1" '$2 == parent { print $1 }'
}

workers() {
	children_of "$server"
}

descendants() {
	for worker in $(workers); do
		echo "$worker"
		children_of "$worker"
	done
}

# has_workers N
has_workers() {
	[ "$(workers | wc -l)" -eq "$1" ]
}

# How many of the server's workers and their children are zombies.
zombies() {
	ps -A -o pid= -o ppid= -o stat= | awk -v server="$server" '
		{ parent[$1] = $2; state[$1] = $3 }
		END {
			for (pid in parent)
				if (state[pid] ~ /^Z/ &&
				    (parent[pid] == server ||
				    parent[parent[pid]] == server))
					n++
			print n + 0
		}'
}

has_zombies() {
	[ "$(zombies)" -eq "$1" ]
}

is_stopped() {
	for one do
		case $(ps -o stat= -p "$one") in
		T*)	;;
		*)	return 1 ;;
		esac
	done
}

# Time that a process has used, in hundredths of a second as a rule.
ticks() {
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

#
# What the server says.
#

# Asks for statistics: the line is then the last of its kind in the log.
ask_statistics() {
	asked=$(grep -c ' statistics ' "$log")
	kill -s USR1 "$server"
	wait_for has_more_statistics "$asked"
}

has_more_statistics() {
	[ "$(grep -c ' statistics ' "$log")" -gt "$1" ]
}

# statistic NAME: out of the last line of statistics.
statistic() {
	sed -n "s/.* statistics.* $1=\([0-9]*\).*/\1/p" "$log" | tail -n 1
}

# has_statistic NAME VALUE
has_statistic() {
	ask_statistics && [ "$(statistic "$1")" = "$2" ]
}

# What a client has sent waits in the server's kernel.
has_unread_input() {
	if have ss; then
		ss -tnH src "127.0.0.1:$port" | awk '
			$2 > 0 { found = 1 }
			END { exit !found }'
	else
		sleep 1
	fi
}

#
# Clients.
#

# One client that sends a line, gets it back, and half-closes.
is_served() {
	[ "$("$peer" clients "$port" 1 1 6 6)" = 'served 1 refused 0 failed 0' ]
}

# open_dialogue 8|9: a client whose user is the script, by that descriptor.
open_dialogue() {
	: >"$tmp/out$1"
	"$peer" dialogue "$port" <"$tmp/in$1" >"$tmp/out$1" 8>&- 9>&- &
	eval "dialogue$1=$! said$1=0"
	eval "exec $1>$tmp/in$1"
	wait_for has_line "$tmp/out$1" connected
}

# Sends a line and returns once it has come back.
say() {
	eval "said$1=\$((said$1 + 1)) said=\$said$1"
	echo "line $said" >&"$1"
	wait_for has_line "$tmp/out$1" "echoed $said"
}

# Closes the script's end: how the dialogue ended is in $how.
close_dialogue() {
	eval "exec $1>&-"
	eval "wait \$dialogue$1"
	how=$(tail -n 1 "$tmp/out$1")
}

# That it has ended so without being closed.
dialogue_ended() {	# 8|9 HOW
	wait_for has_line "$tmp/out$1" "^$2\$"
}

#
# Faults from within.
#

inject=$top_builddir/tests/.libs/inject.so

# queue_holds N: whether so many connections may wait to be accepted.
queue_holds() {
	most=$(cat /proc/sys/net/core/somaxconn 2>/dev/null ||
	    sysctl -n kern.ipc.somaxconn 2>/dev/null)
	[ "${most:-128}" -ge "$1" ]
}

# can_inject: whether a preloaded library reaches the server at all.
can_inject() {
	[ -f "$inject" ] &&
	    env LD_PRELOAD="$inject" INJECT_PROBE=1 "$echo_server" --version \
	    2>&1 | grep -q '^injected$'
}

ps -A -o pid= -o ppid= -o stat= >/dev/null 2>&1 ||
    skip_all "no ps lists processes and their parents (procps)"
