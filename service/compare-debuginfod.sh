#!/usr/bin/env bash
# Serves one binary over the debuginfod protocol, from here and from elfutils' server, and takes it in by an upload:
#   service/compare-debuginfod.sh FILE [ROUNDS]
# FILE is an ELF file with a build-id, best a large one. Prints seconds of each download (curl) and CPU seconds of the server
# that gave it, alternating; then seconds of an upload, beside sha256sum and cp of the same file. Needs the jar
# (mvn -q -DskipTests package), JDK 25 in JAVA_HOME, debuginfod, curl and readelf.
set -euo pipefail
cd "$(dirname "$0")/.."

file=$(realpath "${1:?which file?}")
rounds=${2:-5}
for tool in debuginfod curl readelf java; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed" >&2; exit 1; }
done
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
work=$(mktemp -d)
mkdir "$work/files"
cp --reflink=auto "$file" "$work/files/"
id=$(readelf -n "$file" | sed -n 's/.*Build ID: //p')
theirs=8003
ours=8004
debuginfod -p $theirs -d "$work/db" -F "$work/files" >"$work/theirs.log" 2>&1 &
their_pid=$!
"$java" -Xmx512m --enable-native-access=ALL-UNNAMED -jar service/target/stackmapd.jar --server.port=$ours \
  --stackmapd.artifacts.storage="$work/cache" --stackmapd.artifacts.directories="$work/files" >"$work/ours.log" 2>&1 &
our_pid=$!
trap 'kill $their_pid $our_pid 2>/dev/null || true; wait; rm -rf "$work"' EXIT

await() { for _ in $(seq 240); do curl -sfI -r 0-0 -o /dev/null "$1" && return; sleep 0.5; done; echo "no answer from $1" >&2; exit 1; }
await "http://127.0.0.1:$ours/buildid/$id/debuginfo"
for _ in $(seq 240); do curl -sf -r 0-0 -o /dev/null "http://127.0.0.1:$theirs/buildid/$id/debuginfo" && break; sleep 0.5; done

cpu() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$1/stat"; }
download() {
  local before after
  before=$(cpu "$2")
  seconds=$(curl -sf -o /dev/null -w '%{time_total}' "http://127.0.0.1:$1/buildid/$id/debuginfo")
  after=$(cpu "$2")
  printf '%8.3f s %6.2f s CPU' "$seconds" "$(awk "BEGIN { print $after - $before }")"
}
echo "download of $(stat -c %s "$file") bytes"
for round in $(seq "$rounds"); do
  printf '%3d  here %s   elfutils %s\n' "$round" "$(download $ours $our_pid)" "$(download $theirs $their_pid)"
done

seconds() { local start=$EPOCHREALTIME; "$@" >/dev/null; awk "BEGIN { print $EPOCHREALTIME - $start }"; }
upload() { curl -sf -T "$file" -o /dev/null "http://127.0.0.1:$ours/v1/binaries/$id/debuginfo"; }
forget() { curl -sf -X DELETE -o /dev/null "http://127.0.0.1:$ours/v1/binaries/$id/debuginfo"; }
copy() { cp --reflink=never "$file" "$work/copy"; sync -f "$work/copy"; }
echo "upload"
for round in $(seq "$rounds"); do
  printf '%3d  here %.3f s   sha256sum %.3f s   cp and sync %.3f s\n' \
    "$round" "$(seconds upload)" "$(seconds sha256sum "$file")" "$(seconds copy)"
  forget
done
