#!/bin/bash
# Compares the cost of look-ups in our symbol index with that of the crate addr2line in the same run, for the binaries
# that compare-dwarf.sh has put into FOLDER:
#
#   elf-core/compare-addr2line.sh FOLDER [FILE...]
#
# Needs: cargo and its registry, and what bench.sh needs. HEAP is the heap of the JVM (default 320m).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- libc libjvm
cp -r "$here/addr2line" "$work/peer"
cargo build --quiet --release --manifest-path "$work/peer/Cargo.toml"

for file in "$@"; do
    echo "== $file"
    JAVA_OPTS="-XX:+UseSerialGC -Xmx${HEAP:-320m}" \
        "$here/bench.sh" IndexMeasurement "$folder/$file" "$work/index" "$work"
    for set in uniform zipf; do
        echo "$set:"
        "$work/peer/target/release/addr2line-cost" "$folder/$file" "$work/$set.addresses"
    done
done
