#!/bin/bash
# Rebuilds binaries/layouts/ from sources/layout.c and prints expected/layouts/ with foreign tools: files of one build-id
# as tools rewrite them, and files that only claim the id. Nothing in either is edited by hand. Run it after build.sh,
# which empties both parents. Running it twice changes nothing.
set -euo pipefail
export LC_ALL=C SOURCE_DATE_EPOCH=1700000000
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$here/binaries/layouts
answers=$here/expected/layouts
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

need() {
    command -v "$1" > /dev/null || { echo "build-layouts.sh needs $1: apt-get install $2" >&2; exit 69; }
}
need gcc gcc
need objcopy binutils
need eu-strip elfutils
need patchelf patchelf
need dwz dwz
need llvm-objcopy-19 llvm-19
need llvm-symbolizer-19 llvm-19
need llvm-bolt-19 bolt-19
need python3 python3

rm -rf "$out" "$answers"
mkdir -p "$out" "$answers"
cd "$here/sources"

compile() {
    gcc -g -O1 -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables -nostdlib \
        -fdebug-prefix-map="$PWD=/src" "$@" layout.c
}
# A dynamic section in the executable that is not position-independent: patchelf wants one.
gcc -shared -nostdlib -o "$work/libempty.so" -x c - <<< 'int empty;'
pie=(-pie -fPIE -Wl,--build-id=0x6c61796f75742d7069656c61796f75742d706965)
fixed=(-no-pie -fno-pie -Wl,--build-id=0x6c61796f75742d6669786c61796f75742d666978 -Wl,-z,noseparate-code -Wl,--no-as-needed "$work/libempty.so")
bolt=(-no-pie -fno-pie -static -Wl,--build-id=0x6c61796f75742d626c746c61796f75742d626c74 -Wl,--emit-relocs)

compile "${pie[@]}" -o "$out/pie"
compile "${fixed[@]}" -o "$out/fixed"
compile -c -Wa,-mrelax-relocations=no -ffunction-sections -o "$work/module.o"
# As a kernel module has it: linked relocatably, with an id.
ld -r --build-id=0x6c61796f75742d6d6f646c61796f75742d6d6f64 -o "$out/module" "$work/module.o"

# The same files as tools leave them. Each keeps the build-id and all code at its addresses.
long=/$(printf 'directory%.0s' $(seq 40))
rewrite() {
    local name=$1
    objcopy --only-keep-debug "$out/$name" "$out/$name.objcopy"
    llvm-objcopy-19 --only-keep-debug "$out/$name" "$out/$name.llvm"
    eu-strip -f "$out/$name.eu" -o "$out/$name.eu-stripped" "$out/$name"
    eu-strip --reloc-debug-sections -f "$out/$name.eu-reloc" -o "$work/stripped" "$out/$name"
}
rewrite pie
rewrite fixed
rewrite module
for name in pie fixed; do
    patchelf --set-rpath "$long" --output "$out/$name.rpath" "$out/$name"
    strip --strip-all -o "$out/$name.stripped" "$out/$name"
    objcopy --compress-debug-sections=zlib "$out/$name" "$out/$name.compressed"
    dwz -o "$out/$name.dwz" "$out/$name"
done
patchelf --set-interpreter "$long" --output "$out/pie.interpreter" "$out/pie"
objcopy --only-keep-debug "$out/fixed.rpath" "$out/fixed.rpath.objcopy"

# BOLT moves the code, and so makes another binary. It flips the last bit of the id; some versions leave it.
compile "${bolt[@]}" -o "$out/bolt"
objcopy --only-keep-debug "$out/bolt" "$out/bolt.objcopy"
llvm-bolt-19 "$out/bolt" -o "$work/bolted" --update-debug-sections --no-huge-pages --reorder-functions=none \
    > "$work/bolt.log" 2>&1 || { cat "$work/bolt.log" >&2; exit 1; }
python3 - "$work/bolted" "$out/bolt.bolted" << 'PY'
import sys
data = open(sys.argv[1], 'rb').read()
id = bytes.fromhex('6c61796f75742d626c746c61796f75742d626c74')
flipped = id[:-1] + bytes([id[-1] ^ 1])
assert data.count(flipped) == 1
open(sys.argv[2], 'wb').write(data.replace(flipped, id))
PY
objcopy --only-keep-debug "$out/bolt.bolted" "$out/bolt.bolted.objcopy" 2> /dev/null
eu-strip -f "$out/bolt.bolted.eu" -o "$work/stripped" "$out/bolt.bolted"
# No debug file by llvm-objcopy-19: it writes one whose program headers lie behind its end.

# Files that claim an id of theirs: the code elsewhere, another program, another module.
compile "${pie[@]}" -Wl,-Ttext-segment=0x200000 -o "$out/pie.moved"
objcopy --only-keep-debug "$out/pie.moved" "$out/pie.moved.objcopy"
compile "${pie[@]}" -Wl,--section-start=.text=0x1100 -o "$work/shifted"
objcopy --only-keep-debug "$work/shifted" "$out/pie.shifted.objcopy"
compile "${pie[@]}" -DLARGER -o "$out/pie.other"
eu-strip -f "$out/pie.other.eu" -o "$work/stripped" "$out/pie.other"
compile -c -DLARGER -ffunction-sections -o "$work/other.o"
ld -r --build-id=0x6c61796f75742d6d6f646c61796f75742d6d6f64 -o "$out/module.other" "$work/other.o"

# offset function file:line, for the first byte of each instruction of each function, as llvm-symbolizer has them.
for name in pie fixed; do
    python3 expect-layouts.py "$out/$name" > "$answers/$name.names"
done
# What readelf says of the executable segments, .text and the id of each.
for file in "$out"/*; do
    {
        readelf -n "$file" 2> /dev/null | sed -n 's/^ *Build ID: */id /p'
        readelf -lW "$file" 2> /dev/null | awk '$1 == "LOAD" && /E 0x/ { print "segment", $2, $3, $5, $6 }'
        readelf -SW "$file" 2> /dev/null | sed 's/^ *\[ *[0-9]*\]//' \
            | awk '$1 == ".text" { print "text", $2, "0x" $3, "0x" $5 }'
    } > "$answers/$(basename "$file").readelf"
done
