#!/usr/bin/env bash
# Measures what the first questions to a binary cost that has no index yet, and what the crate addr2line takes for the
# same addresses, in CPU seconds:
#
#   service/measure-first-answers.sh BINARY WARM_BINARY [JVM_OPTION...]
#
# Both are merged with their debug files and not compressed, as elf-core/compare-dwarf.sh makes them. The service finds
# them in a folder, is asked for 10,000 random addresses of WARM_BINARY three times, then for one of BINARY, and another
# service for 10,000 of BINARY; the index that this has built is counted. Needs python3, llvm-symbolizer, readelf, cargo
# and its registry; STACKMAPD_JAR is another jar to measure than the one that was built here.
set -euo pipefail
cd "$(dirname "$0")/.."

binary=$1
warm=$2
shift 2
jar=$(realpath "${STACKMAPD_JAR:-service/target/stackmapd.jar}")
work=$(mktemp -d)
load=$PWD/helm/cluster-load.py
service=

stop() {
  [ -z "$service" ] || kill "$service"
  [ -z "$service" ] || wait "$service" || true
  service=
}
trap 'stop; rm -rf "$work"' EXIT

# Starts a service in an empty folder and warms it. Sets `service` and `port`.
start() {
  home=$(mktemp -d -p "$work")
  (cd "$home" && exec "${JAVA_HOME:-/usr}/bin/java" -XX:+UseCompactObjectHeaders -Xmx2g "$@" -jar "$jar" \
    --server.port=0 --stackmapd.artifacts.directories="$work/binaries") >"$work/log" 2>&1 &
  service=$!
  port=
  while [ -z "$port" ]; do
    kill -0 "$service" || { cat "$work/log"; exit 1; }
    sleep 0.2
    port=$(sed -n 's/.*Tomcat started on port \([0-9]*\).*/\1/p' "$work/log")
  done
  for _ in 1 2 3; do
    "$load" lines "$port" "$warm" "$work/warm" 10000 >"$work/said"
  done
  sleep 10
}

# CPU seconds of the service so far.
cpu() { awk -v hertz="$(getconf CLK_TCK)" '{print ($14 + $15) / hertz}' "/proc/$service/stat"; }

spent() { awk -v before="$1" -v after="$2" 'BEGIN {printf "%.2f", after - before}'; }

mkdir "$work/binaries"
cp "$binary" "$work/binaries/binary"
cp "$warm" "$work/binaries/warm"
"$load" addresses "$warm" "$warm" 10000 >"$work/warm"
"$load" addresses "$binary" "$binary" 10000 >"$work/addresses"
head -n 1 "$work/addresses" >"$work/one"
cut -d ' ' -f 1 "$work/addresses" >"$work/plain"
cp -r elf-core/addr2line "$work/peer"
cargo build --quiet --release --manifest-path "$work/peer/Cargo.toml"

start "$@"
before=$(cpu)
"$load" lines "$port" "$binary" "$work/one" 1
echo "service: $(spent "$before" "$(cpu)") CPU-s for the first answer, the index that it begins not counted"
stop
start "$@"
before=$(cpu)
"$load" lines "$port" "$binary" "$work/addresses" 10000
sleep 10
echo "service: $(spent "$before" "$(cpu)") CPU-s for the first 10,000, the index counted"
before=$(cpu)
"$load" lines "$port" "$binary" "$work/addresses" 10000
echo "service: $(spent "$before" "$(cpu)") CPU-s for the same again"
"$work/peer/target/release/addr2line-cost" "$binary" "$work/plain"
