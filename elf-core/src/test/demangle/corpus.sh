#!/bin/sh
# Makes src/test/resources/demangle/*.tsv again. Every expectation comes from a foreign demangler:
#
#   name <tab> llvm-cxxfilt-19 <tab> llvm-cxxfilt-19 --no-params        C++ and Rust v0
#   name <tab> c++filt, hash cut off                                      Rust legacy (LLVM shows it as C++)
#   name <tab> c++filt --format=dlang                                     D (LLVM reads only names without types)
#
#   src/test/demangle/corpus.sh libstdc++.so.6 libLLVM-14.so.1 libjvm.so.debug ceph-osd.debug \
#       librustc_driver-HASH.so libphobos2-ldc-shared.so.100 libgphobos.so.3
#
# Needs clang++-19, g++ 12, rustc, binutils 2.40, llvm-cxxfilt-19. The names of a file are sampled with the fixed seed below.
set -eu
cd "$(dirname "$0")"
to=../resources/demangle
seed=20261123
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
yes $seed | head -c 4000000 > "$work/seed"

names() { { nm -j "$1" 2>/dev/null; nm -jD "$1" 2>/dev/null; } | sed 's/@.*//' | LC_ALL=C sort -u; }
sample() { # COUNT LONGEST, names on stdin
    awk -v longest="$2" 'length($0) <= longest' | shuf -n "$1" --random-source="$work/seed" | LC_ALL=C sort
}
llvm() { # FILE of names
    llvm-cxxfilt-19 < "$1" > "$work/full"
    llvm-cxxfilt-19 --no-params < "$1" > "$work/bare"
    paste "$1" "$work/full" "$work/bare" | awk -F'\t' '$1 != $2 && length($2) <= 2000'
}

sampled() { # NAME COUNT FILE
    names "$3" | grep '^_Z' | sample "$2" 400 > "$work/names"
    llvm "$work/names" > "$to/$1.tsv"
}
sampled libstdcxx 700 "$1"
sampled libLLVM 700 "$2"
sampled libjvm 500 "$3"
sampled ceph-osd 1200 "$4"

compile() { "$@" -w -c -o "$work/$(printf '%s' "$*" | cksum | cut -d' ' -f1).o"; }
compile clang++-19 -std=c++2b expressions.cpp
compile clang++-19 -std=c++2b language.cpp
compile clang++-19 -std=c++2b -fclang-abi-compat=17 language.cpp
compile clang++-19 -std=c++2b -fclang-abi-compat=11 language.cpp
compile g++ -std=c++23 expressions.cpp
compile g++ -std=c++23 -DWITHOUT_EXPLICIT_OBJECTS language.cpp
for object in "$work"/*.o; do names "$object"; done | grep '^_Z' | LC_ALL=C sort -u > "$work/names"
llvm "$work/names" > "$to/language.tsv"

for mangling in v0 legacy; do
    for level in 0 2; do
        RUSTC_BOOTSTRAP=1 rustc --edition 2021 -Z unstable-options -C symbol-mangling-version=$mangling \
            -C opt-level=$level --crate-name names -A warnings -o "$work/$mangling$level.rs.bin" names.rs
    done
done
for program in "$work"/*.rs.bin; do names "$program"; done | LC_ALL=C sort -u > "$work/rust"
{ grep '^_R' "$work/rust" | sample 350 400; names "$5" | grep '^_R' | sample 350 400; } | LC_ALL=C sort -u > "$work/names"
llvm "$work/names" > "$to/rust-v0.tsv"
# GNU drops clone suffixes and shows escapes beyond ASCII raw.
grep -E '17h[0-9a-f]{16}E$' "$work/rust" | grep -vE '\$u[8-9a-f][0-9a-f]\$' > "$work/names"
c++filt < "$work/names" | sed -E 's/::h[0-9a-f]{16}$//' | paste "$work/names" - > "$to/rust-legacy.tsv"

{ names "$6"; names "$7"; } | grep '^_D' | LC_ALL=C sort -u | sample 900 300 > "$work/names"
c++filt --format=dlang < "$work/names" | paste "$work/names" - | awk -F'\t' '$1 != $2 && length($2) <= 1000' > "$to/d.tsv"
llvm "$work/names" | cut -f1,2 > "$to/d-llvm.tsv"
