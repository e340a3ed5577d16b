#!/bin/bash
# Rebuilds binaries/names/ from sources/ and prints expected/names/ with foreign tools: names that come from elsewhere
# than .symtab, .dynsym and DWARF. Nothing in either is edited by hand. Run it after build.sh, which empties both
# parents. Running it twice changes nothing.
set -euo pipefail
export LC_ALL=C SOURCE_DATE_EPOCH=1700000000
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
src=$here/sources
out=$here/binaries/names
answers=$here/expected/names
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

need() {
    command -v "$1" > /dev/null || { echo "build-names.sh needs $1: apt-get install $2" >&2; exit 69; }
}
need gcc gcc
need objcopy binutils
need eu-readelf elfutils
need xz xz-utils

rm -rf "$out" "$answers"
mkdir -p "$out" "$answers"
cd "$src"

# MiniDebugInfo as Fedora's packages have it: what .dynsym does not name, in a file without contents, through xz.
mini() {
    local name=$1 full=$2
    objcopy --only-keep-debug "$full" "$work/mini.debug"
    nm -D "$full" --format=posix --defined-only | cut -d' ' -f1 | sort > "$work/dynamic"
    nm "$full" --format=posix --defined-only | awk '$2 ~ /[TtDd]/ { print $1 }' | sort > "$work/all"
    comm -13 "$work/dynamic" "$work/all" > "$work/kept"
    objcopy -S --remove-section .comment --keep-symbols="$work/kept" "$work/mini.debug" "$work/mini" 2> /dev/null
    cp "$work/mini" "$work/$name.inner"
    xz --stdout --check="$3" --threads=1 "$work/mini" > "$work/mini.xz"
    strip --strip-all -o "$out/$name" "$full"
    objcopy --add-section .gnu_debugdata="$work/mini.xz" "$out/$name"
    # start, size, name of each function that eu-readelf finds inside.
    eu-readelf --elf-section=.gnu_debugdata -s "$out/$name" \
        | awk '$4 == "FUNC" && $7 != "UNDEF" { print "0x" $2, $3, $8 }' | sort > "$answers/$name.mini"
}
gcc -O2 -shared -fPIC -ffreestanding -nostdlib -fno-stack-protector -Wl,--build-id=sha1 -Wl,-soname,liblibrary.so \
    -Wl,-Ttext-segment=0x200000 -o "$work/liblibrary.so" library.c
mini libmini.so "$work/liblibrary.so" crc64
mini libmini-sha256.so "$work/liblibrary.so" sha256
