#!/bin/bash
# Builds symbol indexes of real binaries and looks addresses up in them, and does the same with llvm-gsymutil-19 in the
# same run. For the binaries that compare-dwarf.sh has put into FOLDER:
#
#   elf-core/compare-index.sh FOLDER [FILE...]
#
# First the answers of each index are compared with those of the debug information; then times are printed.
# Needs: llvm-19, and what bench.sh needs. HEAP is the heap of the JVM (default 320m). With SYMBOLIZER set,
# llvm-symbolizer-19 is measured too.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
shift
TIMEFORMAT='  %R s, %U + %S CPU-s'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- libc libstdcxx libjvm ceph-osd

for file in "$@"; do
    echo "== $file"
    JAVA_OPTS="-XX:+UseSerialGC -Xmx1g" "$here/bench.sh" IndexComparison "$folder/$file" 20000
    JAVA_OPTS="-XX:+UseSerialGC -Xmx${HEAP:-320m}" \
        "$here/bench.sh" IndexMeasurement "$folder/$file" "$work/index" "$work"
    for threads in 1 2; do
        echo "llvm-gsymutil --convert, $threads threads:"
        time llvm-gsymutil-19 --quiet --num-threads=$threads --convert="$folder/$file" --out-file="$work/gsym" > /dev/null
    done
    echo "index $(stat -c %s "$work/index") bytes, GSYM $(stat -c %s "$work/gsym") bytes"
    for set in uniform zipf; do
        sed "s,\$, $work/gsym," "$work/$set.addresses" > "$work/questions"
        echo "llvm-gsymutil, 1 million $set:"
        time llvm-gsymutil-19 --addresses-from-stdin < "$work/questions" > /dev/null
        if [ -n "${SYMBOLIZER:-}" ]; then
            echo "llvm-symbolizer, 1 million $set:"
            time llvm-symbolizer-19 --obj="$folder/$file" --no-demangle < "$work/$set.addresses" > /dev/null
        fi
    done
done
