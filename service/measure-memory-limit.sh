#!/usr/bin/env bash
# Asks a service within a limit of memory for the lines of a large binary:
#
#   service/measure-memory-limit.sh LIMIT MODE EXECUTABLE DEBUGFILE
#
# LIMIT is in MiB, MODE is server or sidecar. The jar runs with the image's options in a memory group of its own (cgroup
# v1, so this needs root), gets both files as uploads, and is asked for the lines of 3,000 addresses that llvm-symbolizer
# has lines for: once while it has no index yet, and once a minute later. What the group had of anonymous memory at most,
# and why there is no index if there is none, is printed too. Needs python3, llvm-symbolizer, readelf and curl.
set -euo pipefail
cd "$(dirname "$0")/.."

limit=$1
mode=$2
executable=$3
debug=$4
group=/sys/fs/cgroup/memory/stackmapd-measure-$$
work=$(mktemp -d)
jar=$PWD/service/target/stackmapd.jar
[ -f "$jar" ] || { echo "build the jar first: mvn -DskipTests package"; exit 1; }

clean() {
  kill "${service:-}" "${watch:-}" 2>/dev/null || true
  wait "${service:-}" || true
  rmdir "$group"
  rm -rf "$work"
}
trap clean EXIT
mkdir "$group"
echo "$((limit << 20))" >"$group/memory.limit_in_bytes"

(
  echo "$BASHPID" >"$group/cgroup.procs"
  cd "$work"
  exec java -XX:+UseCompactObjectHeaders -XX:MaxRAMPercentage=50 -XX:ReservedCodeCacheSize=40m \
    -XX:+ExitOnOutOfMemoryError -jar "$jar" --server.port=0 "--stackmapd.mode=$mode"
) >"$work/log" 2>&1 &
service=$!
for _ in $(seq 600); do
  port=$(sed -n 's/.*Tomcat started on port \([0-9]*\).*/\1/p' "$work/log")
  [ -z "$port" ] || break
  kill -0 "$service" 2>/dev/null || { cat "$work/log"; exit 1; }
  sleep 0.2
done

while sleep 0.5; do sed -n 's/^total_rss //p' "$group/memory.stat"; done >"$work/rss" &
watch=$!
helm/cluster-load.py addresses "$executable" "$debug" >"$work/addresses"
helm/cluster-load.py upload "$port" "$executable" "$debug" || true
helm/cluster-load.py lines "$port" "$executable" "$work/addresses" || true
sleep 60
helm/cluster-load.py lines "$port" "$executable" "$work/addresses" || true
build_id=$(readelf --notes "$executable" | sed -n 's/.*Build ID: //p')
curl -fsS "http://127.0.0.1:$port/v1/binaries/$build_id" | python3 -c \
  'import json, sys; print("no index:", json.load(sys.stdin).get("noIndex", "there is one"))'
echo "anonymous memory: $(sort -n "$work/rss" | tail -1 | awk '{print int($1 / 1048576)}') MiB at most"
