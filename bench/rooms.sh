#!/usr/bin/env bash
# A challenge's room over two gateways: the time from an update to the last member, CPU for a message, and memory.
# MEMBERS (5000), UPDATES a second (200), SECONDS_TO_RUN (30), PORT (7790) of Redis; the gateways have the next two.
# SCORECAST is the binary. Needs redis-server, gcc, python3.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
members=${MEMBERS:-5000} updates=${UPDATES:-200} seconds=${SECONDS_TO_RUN:-30} port=${PORT:-7790}
scorecast=${SCORECAST:-$root/.build/release/scorecast}
scratch=$(mktemp -d)
pids=()
# shellcheck disable=SC2317
cleanup() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$scratch"
}
trap cleanup EXIT
ulimit -n "$(ulimit -Hn)"
cli() { redis-cli -p "$port" "$@"; }
# Milliseconds of CPU of a process, and its memory in MB.
cpu() { awk '{print ($14 + $15) * 10}' "/proc/$1/stat"; }
memory() { awk '/^VmRSS/ {printf "%d", $2 / 1024}' "/proc/$1/status"; }

gcc -O2 -pthread -o "$scratch/rooms" "$root/bench/rooms.c"
redis-server --port "$port" --save '' --appendonly no --daemonize no --dir "$scratch" >"$scratch/redis.log" &
pids+=($!)
until cli ping >/dev/null 2>&1; do sleep 0.1; done
# A gateway needs to know the boards, which nodes with a database publish.
board='{"board":"global","group":"global","top":10,"visibility":"public","generation":0,"created_at":0}'
cli hset '{sc00}:catalogue' tag 1-1 boards "{\"revision\":1,\"boards\":[$board]}" >/dev/null
# Rooms need the token of a user.
secret=a-secret-of-the-benchmark-with-32-bytes
token=$(
    python3 - "$secret" <<'P'
import base64, hashlib, hmac, json, sys, time
def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
head = encoded(b'{"alg":"HS256","typ":"JWT"}')
body = encoded(json.dumps({"sub": "member", "exp": int(time.time()) + 3600}).encode())
code = hmac.new(sys.argv[1].encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
print(f"{head}.{body}.{encoded(code)}")
P
)
gateways=()
for number in 1 2; do
    SCORECAST_REDIS_URL=redis://127.0.0.1:$port SCORECAST_JWT_SECRET=$secret SCORECAST_HTTP_HOST=127.0.0.1 \
        SCORECAST_HTTP_PORT=$((port + number)) "$scorecast" serve --roles gateway >"$scratch/gateway$number.log" 2>&1 &
    gateways+=($!)
    pids+=($!)
done
for number in 1 2; do
    for ((try = 0; try < 100; try++)); do
        (: <"/dev/tcp/127.0.0.1/$((port + number))") 2>/dev/null && break
        sleep 0.1
    done
done
sleep 2

before=()
for pid in "${gateways[@]}"; do before+=("$(cpu "$pid")"); done
"$scratch/rooms" "$port" "$token" "$members" "$updates" "$seconds" $((port + 1)) $((port + 2)) | tee "$scratch/out" &
run=$!
pids+=("$run")
while kill -0 "$run" 2>/dev/null; do
    sleep 5
    for pid in "${gateways[@]}"; do printf 'gateway %s: %s MB\n' "$pid" "$(memory "$pid")"; done
done
outcome=0
wait "$run" || outcome=$?
frames=$(sed -n 's/.*frames //p' "$scratch/out")
total=0
for index in 0 1; do total=$((total + $(cpu "${gateways[index]}") - ${before[index]})); done
[[ -z $frames ]] || echo "CPU of both gateways for a message to a member, joining included: $((total * 1000 / frames)) us"
exit "$outcome"
