#!/usr/bin/env bash
# Redis' CPU for one update: the script apply, alone and ten to a call, against a naive one, on small and large boards.
# SIZES ("10000 10000000") members of the board, UPDATES (200000), PORT (7790). Needs redis-server, python3, bc.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sizes=${SIZES:-10000 10000000} updates=${UPDATES:-200000} port=${PORT:-7790}
scratch=$(mktemp -d)
server=
# The time when the action ids were made, so that no second is ahead of Redis' clock.
start=$(($(date +%s) - 600))
# shellcheck disable=SC2317
cleanup() {
    [[ -z $server ]] || kill "$server" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$scratch"
}
trap cleanup EXIT
cli() { redis-cli -p "$port" "$@"; }
cpu() { awk '{print ($14 + $15) * 10000}' "/proc/$server/stat"; }

# A board of so many users, u000000000000 and so on, as apply keeps it and as the naive script does; for the run_id $2.
members() {
    python3 - "$1" "$2" <<'P'
import sys
size, out = int(sys.argv[1]), sys.stdout.buffer
def command(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words)
for start in range(0, size, 100):
    tied, naive, places = [], [], []
    for number in range(start, min(start + 100, size)):
        user, score = b"u%012d" % number, b"%d" % (number * 7919 % 1000003)
        tie = b"%016d" % (9007199254740991 - number - 1)
        tied += [score, tie + user]
        naive += [score, user]
        places += [user, tie + score + b" 1790000000000"]
    out.write(command(b"ZADD", b"{b}:ranking", *tied) + command(b"HSET", b"{b}:members", *places)
              + command(b"ZADD", b"{b}:naive", *naive))
out.write(command(b"HSET", b"{b}:meta", b"epoch", b"e1", b"seq", b"%d" % size, b"run", sys.argv[2].encode()))
P
}

# The whole text of apply, which begins with the texts of two other files: see Scripts.swift.
script() {
    head -n 1 "$root/lua/apply.lua"
    cat "$root/lua/apply_rankings.lua" "$root/lua/apply_limits.lua"
    tail -n +2 "$root/lua/apply.lua"
}

# After a hash has grown, Redis moves it to its larger table step by step, at each access. A board in use has finished that.
settle() {
    redis-benchmark -p "$port" -n $((size / 50)) -c 8 -P 4 -q eval "for i = 1, 100 do redis.call('HEXISTS', KEYS[1], i)
        redis.call('ZSCORE', KEYS[2], i) redis.call('ZSCORE', KEYS[3], i) end" 3 "{b}:members" "{b}:ranking" "{b}:naive" \
        >/dev/null
}

# Microseconds of CPU for each update, by script calls with this many updates. The word SECOND in a key becomes another
# second of receipts after each 40,000 updates.
measure() {
    local each=$1 before after second
    shift
    before=$(cpu)
    for ((second = 0; second < updates / 40000; second++)); do
        redis-benchmark -p "$port" -n $((40000 / each)) -c 8 -P 4 -r "$size" -q \
            "${@//SECOND/$((start + each * 20 + second))}" >/dev/null
    done
    after=$(cpu)
    echo "scale=2; ($after - $before) / ($second * 40000)" | bc
}

# The arguments of apply for so many updates, each of a user whose place is anywhere and with a signature of its own.
arguments() {
    local number
    printf '%s\n' 750000 1 "b all all" "version:b:all form:b 1 idfyo - - 10 {b}:top:b:all"
    for ((number = 0; number < $1; number++)); do
        printf '%s\n' u__rand_int__ 5 - s__rand_int____rand_int____rand_int__
        printf '2\nu000000000001\nkill\nabcdefghijklmnop\n%043d\n5\n-\n1790000000000\n' 0 | tr '\n' '|'
        printf '\n0\n'
    done
    echo "$run"
}

# The number of updates that have counted.
counted() { echo $(($(cli hget "{b}:meta" seq) - size)); }

printf '%-10s %-8s %-8s %-8s   us of CPU in Redis for each update\n' members naive apply "10 a call"
for size in $sizes; do
    redis-server --port "$port" --bind 127.0.0.1 --dir "$scratch" --save "" --appendonly no >"$scratch/log" 2>&1 &
    server=$!
    until cli ping >/dev/null 2>&1; do sleep 0.1; done
    # Another Redis may have the port.
    cli info server | grep -q "^process_id:$server"$'\r' || { cat "$scratch/log" >&2; exit 1; }
    run=$(cli info server | sed -n 's/^run_id:\([0-9a-f]*\).*/\1/p')
    members "$size" "$run" | cli --pipe >/dev/null
    settle
    naive=$(cli script load "$(cat "$root/bench/naive.lua")")
    apply=$(cli script load "$(script)")
    mapfile -t one < <(arguments 1)
    mapfile -t ten < <(arguments 10)
    receipts="{b}:receipts:SECOND"
    keys=("{b}:meta" "{b}:outbox" "{b}:open" "{b}:ranking" "{b}:members")
    mapfile -t ten_keys < <(for _ in {1..10}; do echo "$receipts"; done)
    a=$(measure 1 EVALSHA "$naive" 4 "{b}:naive" "{b}:done:__rand_int____rand_int____rand_int__" "{b}:log" \
        "{b}:state" u__rand_int__ 5 750000 "{b}:feed")
    b=$(measure 1 EVALSHA "$apply" 6 "${keys[@]}" "$receipts" "${one[@]}")
    c=$(measure 10 EVALSHA "$apply" 15 "${keys[@]}" "${ten_keys[@]}" "${ten[@]}")
    # redis-benchmark says nothing of what the script refuses. Few signatures come twice.
    if (($(counted) < updates / 40000 * 40000 * 2 * 99 / 100)); then
        echo "only $(counted) updates have counted: the arguments no longer fit lua/apply.lua" >&2
        exit 1
    fi
    printf '%-10s %-8s %-8s %-8s\n' "$size" "$a" "$b" "$c"
    kill "$server"
    wait "$server" 2>/dev/null || true
    server=
done
