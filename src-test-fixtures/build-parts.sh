#!/bin/bash
# Rebuilds binaries/parts/ from sources/, and prints expected/parts/ with llvm-symbolizer-19 and llvm-dwarfdump-19 for
# these and for binaries/dwarf/: the raw name of every byte of code. Nothing in either is edited by hand. Run it after
# build-dwarf.sh and build-rust.sh. Running it twice changes nothing.
set -euo pipefail
export LC_ALL=C SOURCE_DATE_EPOCH=1700000000
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
src=$here/sources
out=$here/binaries/parts
answers=$here/expected/parts

need() {
    command -v "$1" > /dev/null || { echo "build-parts.sh needs $1: apt-get install $2" >&2; exit 69; }
}
need g++ g++
need ld.gold binutils
need clang++-19 clang-19
need ld.lld-19 lld-19
need mold mold
need nasm nasm
need llvm-symbolizer-19 llvm-19

rm -rf "$out" "$answers"
mkdir -p "$out" "$answers"
cd "$src"

base="-ffreestanding -nostdlib -fno-stack-protector -fno-asynchronous-unwind-tables -fPIE -pie -g
    -ffile-prefix-map=$src=/src -Wl,--build-id=sha1"
plus="$base -fno-exceptions -fno-rtti"
gnu=-gno-record-gcc-switches
# Flags are words without blanks.
# shellcheck disable=SC2086
{
    # Several symbols at one address.
    g++ $plus $gnu -O2 -o "$out/aliases" aliases.cc
    # Equal functions folded into one by three linkers.
    folded="-O1 -ffunction-sections -fno-ipa-icf -Wl,--icf=all"
    gcc $base $gnu $folded -B/usr/libexec/mold -o "$out/folded-mold" folded.c
    gcc $base $gnu $folded -fuse-ld=gold -o "$out/folded-gold" folded.c
    clang-19 $base -O1 -ffunction-sections -Wl,--icf=all -fuse-ld=lld-19 -o "$out/folded-lld" folded.c
    # A section for each basic block.
    clang++-19 $plus -O2 -fbasic-block-sections=all -fuse-ld=lld-19 -o "$out/blocks" cold.cc
    # The cold part above the hot one.
    clang++-19 $plus -O2 -fuse-ld=lld-19 -Wl,-z,keep-text-section-prefix -o "$out/cold-lld" cold.cc
    g++ $plus $gnu -O2 -freorder-blocks-and-partition -fuse-ld=gold -o "$out/cold-gold" cold.cc
    g++ $plus $gnu -O2 -freorder-blocks-and-partition -B/usr/libexec/mold -o "$out/cold-mold" cold.cc
}
# Code without sizes, with lines and without: NASM gives no symbol a size.
nasm -f elf64 -g -F dwarf unsized.asm -o "$out/unsized.o"
ld --build-id=sha1 -o "$out/unsized-lines" "$out/unsized.o"
nasm -f elf64 unsized.asm -o "$out/unsized.o"
ld --build-id=sha1 -o "$out/unsized-plain" "$out/unsized.o"
rm "$out/unsized.o"

for path in "$out"/unsized-*; do
    python3 "$src/expect-parts.py" "$path" "$answers/$(basename "$path").parts" --all
done
for path in "$out"/* "$here"/binaries/dwarf/*; do
    name=$(basename "$path")
    case $name in
        unsized-* | *.o | *.debug | dwz-* | compressed-*) ;;
        split-*) python3 "$src/expect-parts.py" "$path/$name" "$answers/$name.parts" ;;
        *) python3 "$src/expect-parts.py" "$path" "$answers/$name.parts" ;;
    esac
done
