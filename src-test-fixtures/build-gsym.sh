#!/bin/bash
# Rebuilds binaries/gsym/ from some of binaries/dwarf/ and prints expected/gsym/, both with llvm-gsymutil-19. Nothing in
# either is edited by hand. Run it after build-dwarf.sh. Running it twice changes nothing.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$here/binaries/gsym
answers=$here/expected/gsym

command -v llvm-gsymutil-19 > /dev/null || { echo "build-gsym.sh needs llvm-gsymutil-19: apt-get install llvm-19" >&2; exit 69; }

rm -rf "$out" "$answers"
mkdir -p "$out" "$answers"
# Two compilers, two versions, inlines and cold parts, and both byte orders.
for name in gcc-dwarf5-O3 clang-dwarf4 gcc-cold gcc-lto aarch64 powerpc s390x; do
    llvm-gsymutil-19 --quiet --num-threads=1 --convert="$here/binaries/dwarf/$name" --out-file="$out/$name.gsym" > /dev/null
    python3 "$here/sources/expect-gsym.py" "$out/$name.gsym" > "$answers/$name.answers"
done
