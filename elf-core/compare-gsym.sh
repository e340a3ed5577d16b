#!/bin/sh
# Compares GSYM readers and writers: llvm-gsymutil-19 reads the file that we write, and we read the one that it writes.
# For the binaries that compare-dwarf.sh has put into FOLDER, both readers must give the same answers at ADDRESSES random
# code addresses, on both files.
#
#   elf-core/compare-gsym.sh FOLDER [ADDRESSES [SEED]]
#
# Needs: llvm-19, and what bench.sh needs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
for file in libc libstdcxx libjvm ceph-osd; do
    llvm-gsymutil-19 --quiet --convert="$folder/$file" --out-file="$folder/$file.gsym" > /dev/null
    "$here/bench.sh" GsymComparison "$folder/$file" "$folder/$file.gsym" "${2:-20000}" "${3:-20240229}"
done
