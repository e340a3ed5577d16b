#!/usr/bin/env bash
# Measures what the first questions to a binary cost that has no index yet, and what llvm-symbolizer takes for the same
# addresses, in CPU seconds:
#
#   service/measure-first-answers.sh EXECUTABLE DEBUGFILE WARM_EXECUTABLE WARM_DEBUGFILE [COUNT]
#
# The service is asked for addresses of the warm-up binary first. Then it gets both files as uploads and is asked for
# COUNT (10,000) random addresses in one question; the index that this has built is counted. Needs python3,
# llvm-symbolizer and readelf; STACKMAPD_JAR is another jar to measure than the one that was built here.
set -euo pipefail
cd "$(dirname "$0")/.."

executable=$1
debug=$2
warm_executable=$3
warm_debug=$4
count=${5:-10000}
jar=$(realpath "${STACKMAPD_JAR:-service/target/stackmapd.jar}")
work=$(mktemp -d)
load=$PWD/helm/cluster-load.py

clean() {
  kill "$service" 2>/dev/null || true
  wait "$service" || true
  rm -rf "$work"
}
trap clean EXIT

# CPU seconds of the service so far.
cpu() { awk -v hertz="$(getconf CLK_TCK)" '{print ($14 + $15) / hertz}' "/proc/$service/stat"; }

spent() { awk -v before="$1" -v after="$2" 'BEGIN {printf "%.2f", after - before}'; }

(cd "$work" && exec java -XX:+UseCompactObjectHeaders -Xmx2g -jar "$jar" --server.port=0) >"$work/log" 2>&1 &
service=$!
port=
for _ in $(seq 300); do
  port=$(sed -n 's/.*Tomcat started on port \([0-9]*\).*/\1/p' "$work/log")
  [ -z "$port" ] || break
  sleep 0.2
done
"$load" addresses "$warm_executable" "$warm_debug" "$count" >"$work/warm"
"$load" addresses "$executable" "$debug" "$count" >"$work/addresses"
for _ in 1 2 3; do
  "$load" lines "$port" "$warm_executable" "$warm_debug" "$work/warm" "$count" >/dev/null
done
sleep 10
before=$(cpu)
"$load" lines "$port" "$executable" "$debug" "$work/addresses" "$count"
sleep 10 # an index that is still being built
echo "service: $(spent "$before" "$(cpu)") CPU-s for $count addresses, uploads and index included"
cut -d ' ' -f 1 "$work/addresses" >"$work/plain"
TIMEFORMAT='%U %S'
taken=$( { time llvm-symbolizer --obj="$debug" --output-style=JSON --inlines <"$work/plain" >"$work/out"; } 2>&1)
echo "llvm-symbolizer: $(awk '{printf "%.2f", $1 + $2}' <<<"$taken") CPU-s"
