#!/bin/bash
# Rebuilds binaries/ from sources/ and prints expected/ with foreign tools. Nothing in either is edited by hand.
# Running it twice changes nothing. Tools: see the table at the end of README.md.
set -euo pipefail
export LC_ALL=C SOURCE_DATE_EPOCH=1700000000
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
src=$here/sources
out=$here/binaries
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

need() {
    command -v "$1" > /dev/null || { echo "build.sh needs $1: apt-get install $2" >&2; exit 69; }
}
need gcc gcc
need g++ g++
need ld binutils
need readelf binutils
need objcopy binutils
need eu-readelf elfutils
need python3 python3
need clang-19 clang-19
need ld.lld-19 lld-19
need llvm-objcopy-19 llvm-19
need llvm-symbolizer-19 llvm-19
need aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
need s390x-linux-gnu-gcc gcc-s390x-linux-gnu

rm -rf "$out" "$here/expected"
mkdir -p "$out" "$here/expected"
cd "$src"

map="-ffile-prefix-map=$src=/src -fdebug-prefix-map=$work=/obj"
bare="-g -ffreestanding -nostdlib -fno-stack-protector -fno-asynchronous-unwind-tables -gno-record-gcc-switches $map"
cxx="$bare -fno-exceptions -fno-rtti -std=c++17"
hashed=-Wl,--build-id=sha1

# $1 compiler, $2 name of the binary, then flags and sources.
build() {
    local compiler=$1 name=$2
    shift 2
    # Flags are words without blanks.
    # shellcheck disable=SC2086
    $compiler $bare -o "$out/$name" "$@"
}

# Addresses and offsets.
build gcc non-pie -O1 -no-pie -static $hashed plain.c
build gcc text-segment-200000 -O2 -no-pie -static $hashed -Wl,-Ttext-segment=0x200000 plain.c
build gcc static-pie -O1 -static-pie -fPIE $hashed plain.c
build gcc segments -O2 -no-pie -static $hashed -Wl,-T,segments.ld -Wl,-z,max-page-size=4096 segments.c
build "clang-19 -fuse-ld=lld-19 -Wno-unused-command-line-argument" lld-pie -O2 -pie -fPIE $hashed plain.c memory.c

# Other machines.
build gcc i386 -m32 -O1 -no-pie -static -fno-pie $hashed plain.c
build s390x-linux-gnu-gcc s390x -O1 -no-pie -static -fno-pie $hashed plain.c
build aarch64-linux-gnu-gcc aarch64 -O2 -fPIE -static-pie $hashed -Wl,-z,max-page-size=4096 plain.c
build "clang-19 --target=powerpc-linux-gnu -fuse-ld=lld-19" powerpc -O1 -static -fno-pie $hashed plain.c memory.c

# Build-ids.
small="-O0 -no-pie -static"
# shellcheck disable=SC2086
{
    build gcc no-build-id $small -Wl,--build-id=none plain.c
    build gcc build-id-4 $small -Wl,--build-id=0xdeadbe04 plain.c
    build gcc build-id-8 $small -Wl,--build-id=0x0102030405060708 plain.c
    build gcc build-id-16 $small -Wl,--build-id=md5 plain.c
    build gcc build-id-20 $small $hashed plain.c
    build gcc build-id-32 $small \
        -Wl,--build-id=0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f plain.c
    build gcc far-notes -O1 -no-pie -static $hashed -Wl,-T,far-notes.ld -Wl,-z,max-page-size=4096 plain.c
}

# Symbols.
build gcc sizes -no-pie -static $hashed sizes.s
build gcc libaliases.so -O2 -shared -fPIC -fno-inline -fno-ipa-icf $hashed -Wl,--version-script=aliases.map aliases.c
build gcc liblibrary.so -O2 -shared -fPIC $hashed -Wl,-soname,liblibrary.so library.c
strip --strip-all -o "$out/libdynsym.so" "$out/liblibrary.so"
llvm-objcopy-19 --strip-sections "$out/non-pie" "$out/no-sections"
llvm-objcopy-19 --strip-sections "$out/liblibrary.so" "$out/libno-sections.so"
build gcc libsysv-hash.so -O2 -shared -fPIC $hashed -Wl,--hash-style=sysv -Wl,-soname,libsysv-hash.so library.c
llvm-objcopy-19 --strip-sections "$out/libsysv-hash.so"
build gcc relocatable.o -O1 -c -ffunction-sections relocatable.c

# C++: several units, templates, inlines, mangled names.
# shellcheck disable=SC2086
for level in 0 2; do
    gcc $bare -O$level -fPIE -c -o "$work/memory.o" memory.c
    g++ $cxx -O$level -fPIE -pie $hashed -o "$out/cxx-O$level" main.cc shapes.cc total.cc "$work/memory.o"
done
# shellcheck disable=SC2086
clang++-19 -g -O2 -ffreestanding -nostdlib -fno-exceptions -fno-rtti -std=c++17 $map -fuse-ld=lld-19 -fPIE -pie $hashed \
    -o "$out/cxx-clang" main.cc shapes.cc total.cc "$work/memory.o"

# The same program in two files, found by .gnu_debuglink and by build-id.
mkdir -p "$out/split"
objcopy --only-keep-debug "$out/cxx-O2" "$out/split/stripped.debug"
strip --strip-all -o "$out/split/stripped" "$out/cxx-O2"
(cd "$out/split" && objcopy --add-gnu-debuglink=stripped.debug stripped)
id=$(readelf -n "$out/split/stripped" | sed -n 's/^ *Build ID: //p')
mkdir -p "$out/debug-tree/.build-id/${id:0:2}"
cp "$out/split/stripped.debug" "$out/debug-tree/.build-id/${id:0:2}/${id:2}.debug"

# The program of the first look. Its capture (captures/demo) holds its build-id: see recorder/record-demo.sh.
# shellcheck disable=SC2086
g++ -g -O2 -fno-omit-frame-pointer -fno-exceptions -fno-rtti -std=c++17 -gno-record-gcc-switches $map \
    -fno-asynchronous-unwind-tables -fPIE -c -o "$work/demo.o" demo.cc
gcc -pie $hashed -o "$out/demo" "$work/demo.o"

python3 "$src/expect.py" "$out" "$here/expected"
