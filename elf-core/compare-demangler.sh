#!/bin/bash
# Compares our demangler with llvm-cxxfilt-19 on every symbol of the given ELF files.
#
#   elf-core/compare-demangler.sh /usr/lib/x86_64-linux-gnu/libstdc++.so.6 ceph-osd.debug ...
#
# Needs: nm (binutils), llvm-cxxfilt-19, and what bench.sh needs. Both symbol tables of a file are read; a name counts
# once. Only a temporary folder is written.
set -eu
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
pairs=
for file; do
    names=$work/$(basename "$file")
    { nm -j "$file" 2>/dev/null; nm -jD "$file" 2>/dev/null; } | LC_ALL=C sort -u | grep -E '^_+[ZRD]' > "$names"
    TIMEFORMAT="$(basename "$file"): llvm-cxxfilt-19, whole process: %U s of CPU time"
    time llvm-cxxfilt-19 < "$names" > "$names.expected"
    pairs="$pairs $names $names.expected"
done
# shellcheck disable=SC2086 # the pairs are names that mktemp and basename made
"$here/bench.sh" DemanglerComparison $pairs
