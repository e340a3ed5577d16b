#!/bin/bash
# Rebuilds binaries/dwarf/ from sources/ and prints expected/dwarf/ with llvm-symbolizer-19. Nothing in either is edited
# by hand. Run it after build.sh, which empties both parents. Running it twice changes nothing.
set -euo pipefail
export LC_ALL=C SOURCE_DATE_EPOCH=1700000000
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
src=$here/sources
out=$here/binaries/dwarf
packages=$here/binaries/packages
answers=$here/expected/dwarf
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

need() {
    command -v "$1" > /dev/null || { echo "build-dwarf.sh needs $1: apt-get install $2" >&2; exit 69; }
}
need g++ g++
need dwz dwz
need objcopy binutils
need clang++-19 clang-19
need ld.lld-19 lld-19
need llvm-dwp-19 llvm-19
need llvm-symbolizer-19 llvm-19
need s390x-linux-gnu-gcc gcc-s390x-linux-gnu

rm -rf "$out" "$packages" "$answers"
mkdir -p "$out" "$answers"
cd "$src"

map="-ffile-prefix-map=$src=/src -fdebug-prefix-map=$work=/obj"
base="-ffreestanding -nostdlib -fno-stack-protector -fno-asynchronous-unwind-tables -fno-exceptions -fno-rtti -std=c++17"
hashed=-Wl,--build-id=sha1
program="main.cc shapes.cc total.cc"

# $1 compiler, $2 name, then flags; all sources in one call, so no object file stays.
build() {
    local compiler=$1 name=$2
    shift 2
    # Flags are words without blanks.
    # shellcheck disable=SC2086
    $compiler $base $map -fPIE -pie $hashed -o "$out/$name" "$@" $program "$work/memory.o"
}

gcc -O2 -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables -fPIE -c -o "$work/memory.o" memory.c
gnu="g++ -gno-record-gcc-switches"
clang="clang++-19 -fuse-ld=lld-19 -Wno-unused-command-line-argument"

# Versions, levels, compilers.
build "$gnu" gcc-dwarf2 -O2 -gdwarf-2 -gstrict-dwarf
build "$gnu" gcc-dwarf3 -O1 -gdwarf-3
build "$gnu" gcc-dwarf4 -O2 -gdwarf-4
build "$gnu" gcc-dwarf5-O0 -O0 -gdwarf-5
build "$gnu" gcc-dwarf5-O1 -O1 -gdwarf-5
build "$gnu" gcc-dwarf5-O3 -O3 -gdwarf-5
build "$gnu" gcc-dwarf64 -O2 -gdwarf-5 -gdwarf64
build "$gnu" gcc-dwarf64-4 -O2 -gdwarf-4 -gdwarf64
build "$clang" clang-dwarf2 -O2 -gdwarf-2
build "$clang" clang-dwarf3 -O0 -gdwarf-3
build "$clang" clang-dwarf4 -O2 -gdwarf-4
build "$clang" clang-dwarf5-O1 -O1 -gdwarf-5
build "$clang" clang-dwarf5-O3 -O3 -gdwarf-5 -fdebug-info-for-profiling
build "$clang" clang-dwarf64 -O2 -gdwarf-5 -gdwarf64

# Shapes of the debug information.
build "$gnu" gcc-types4 -O2 -gdwarf-4 -fdebug-types-section
build "$gnu" gcc-types5 -O2 -gdwarf-5 -fdebug-types-section
build "$gnu" gcc-lto -O2 -gdwarf-5 -flto
build "$clang" clang-no-aranges -O2 -gdwarf-5 -gno-pubnames
for linker in bfd lld-19; do
    build "$gnu -fuse-ld=${linker%-19}" "gcc-dropped-${linker%-19}" \
        -B/usr/lib/llvm-19/bin -O2 -gdwarf-5 -ffunction-sections -Wl,--gc-sections -Wl,-e,_start dropped.cc
    build "$gnu -fuse-ld=${linker%-19}" "gcc-dropped4-${linker%-19}" \
        -B/usr/lib/llvm-19/bin -O2 -gdwarf-4 -ffunction-sections -Wl,--gc-sections -Wl,-e,_start dropped.cc
done
# shellcheck disable=SC2086
g++ -gno-record-gcc-switches $base $map -O2 -gdwarf-5 -freorder-blocks-and-partition -fPIE -pie $hashed -o "$out/gcc-cold" cold.cc

# Paths of programs that are cross-built on Windows, from several kinds of folders.
windows() {
    local name=$1
    shift
    # shellcheck disable=SC2086
    "$@" $base -fPIC -shared $hashed -o "$out/$name" windows.cc
}
windows windows-gcc5 g++ -gno-record-gcc-switches -O1 -gdwarf-5 "-fdebug-prefix-map=$src=C:\\build"
windows windows-clang4 clang++-19 -fuse-ld=lld-19 -O1 -gdwarf-4 '-fdebug-compilation-dir=\\server\build'
windows windows-clang5 clang++-19 -fuse-ld=lld-19 -O1 -gdwarf-5 '-fdebug-compilation-dir=D:/build'
windows windows-root clang++-19 -fuse-ld=lld-19 -O1 -gdwarf-5 '-fdebug-compilation-dir=\build' -DROOT

# Other machines.
# shellcheck disable=SC2086
{
    clang++-19 --target=aarch64-linux-gnu -fuse-ld=lld-19 $base $map -O2 -gdwarf-5 -static -fno-pie $hashed \
        -Wl,-z,max-page-size=4096 -o "$out/aarch64" cold.cc
    clang++-19 --target=s390x-linux-gnu $base $map -O2 -gdwarf-5 -c -o "$work/s390x.o" cold.cc
    s390x-linux-gnu-gcc -nostdlib -static $hashed -o "$out/s390x" "$work/s390x.o"
    clang++-19 --target=powerpc-linux-gnu -fuse-ld=lld-19 $base $map -O2 -gdwarf-4 -static -fno-pie $hashed \
        -Wl,-z,max-page-size=4096 -o "$out/powerpc" cold.cc
    g++ $base $map -gno-record-gcc-switches -O2 -gdwarf-5 -c -o "$out/relocatable.o" total.cc
    clang++-19 --target=aarch64-linux-gnu $base $map -O2 -gdwarf-5 -c -o "$out/relocatable-aarch64.o" total.cc
}

# Relocatable files of machines that each number their relocations in their own way. llvm-symbolizer relocates none of
# MIPS with 32 bits.
foreign() {
    clang-19 "--target=$2" -ffreestanding "$map1" -O1 -g -c -o "$out/relocatable-$1.o" "${@:3}" relocated.c
}
map1=-ffile-prefix-map=$src=/src
foreign riscv64 riscv64-linux-gnu -mrelax
foreign riscv32 riscv32-linux-gnu -gdwarf-4
foreign loongarch64 loongarch64-linux-gnu
foreign s390x s390x-linux-gnu
foreign powerpc powerpc-linux-gnu
foreign powerpc64 powerpc64-linux-gnu -gdwarf-4 -mabi=elfv2
foreign mips64 mips64-linux-gnuabi64
foreign mips64el mips64el-linux-gnuabi64 -gdwarf-4
foreign arm armv7-linux-gnueabihf
foreign i386 i386-linux-gnu -gdwarf-4
foreign sparc64 sparc64-linux-gnu

# Compressed sections: the answers are those of the uncompressed file.
build "$gnu" plain -O2 -gdwarf-5
objcopy --compress-debug-sections=zlib-gabi "$out/plain" "$out/compressed-zlib"
objcopy --compress-debug-sections=zlib-gnu "$out/plain" "$out/compressed-gnu"
llvm-objcopy-19 --compress-debug-sections=zstd "$out/plain" "$out/compressed-zstd"

# What dwz takes out of two files goes to a third.
build "$gnu" "dwz-1" -O2 -gdwarf-5
build "$gnu" "dwz-2" -O1 -gdwarf-5
cp "$out/dwz-1" "$work/dwz-before"
(cd "$out" && dwz -m dwz-common.debug -M dwz-common.debug dwz-1 dwz-2)
rm -f "$out/dwz-2"

# Split files lie beside the program, which says so with a relative path and the directory `.`.
split() {
    local compiler=$1 name=$2
    shift 2
    mkdir -p "$work/$name"
    cp -- *.cc geometry.h "$work/memory.o" "$work/$name"
    (cd "$work/$name" && for unit in $program; do
        # shellcheck disable=SC2086
        $compiler $base "-fdebug-prefix-map=$work/$name=." -fPIE "$@" -c -o "${unit%.cc}.o" "$unit"
    done
    # shellcheck disable=SC2086
    $compiler $base -pie $hashed -o "$name" main.o shapes.o total.o memory.o)
    mkdir -p "$out/$name"
    cp "$work/$name/$name" "$work/$name"/*.dwo "$out/$name"
}
split "$gnu" split-gcc5 -O2 -gdwarf-5 -gsplit-dwarf
split "$gnu" split-gcc4 -O2 -gdwarf-4 -gsplit-dwarf
split "$clang" split-clang5 -O2 -gdwarf-5 -gsplit-dwarf
split "$clang" split-clang4 -O2 -gdwarf-4 -gsplit-dwarf
split "$clang" split-inlining -O2 -gdwarf-5 -gsplit-dwarf -fsplit-dwarf-inlining
split "$clang" split-types5 -O2 -gdwarf-5 -gsplit-dwarf -fdebug-types-section
split "$clang" split-types4 -O2 -gdwarf-4 -gsplit-dwarf -fdebug-types-section
# llvm-dwp 19 never ends on what gcc 12 writes.
for name in split-clang5 split-clang4 split-types5 split-types4; do
    (cd "$out/$name" && llvm-dwp-19 -e "$name" -o "$name.dwp")
done

# Packages where gdb, lldb and llvm-symbolizer look for them, of programs whose debug information is in another file:
# named after the program, and as sections of the debug file. The answers are those of split-clang5.
mkdir -p "$packages/beside" "$packages/inside" "$work/sections"
from=$out/split-clang5/split-clang5
objcopy --only-keep-debug "$from" "$packages/beside/app.debug"
cp "$from.dwp" "$packages/beside/app.dwp"
inside=()
for section in $(readelf -SW "$from.dwp" | grep -oE '\.debug_[a-z_]+(\.dwo)?' | sort -u); do
    case $section in
        *.dwo | *_index)
            objcopy -O binary --only-section="$section" --set-section-flags "$section=alloc" \
                "$from.dwp" "$work/sections/$section"
            inside+=(--add-section "$section=$work/sections/$section")
            ;;
    esac
done
objcopy "${inside[@]}" "$packages/beside/app.debug" "$packages/inside/app.debug"
for folder in beside inside; do
    strip --strip-all -o "$packages/$folder/app" "$from"
    (cd "$packages/$folder" && objcopy --add-gnu-debuglink=app.debug app)
done

for path in "$out"/*; do
    name=$(basename "$path")
    case $name in
        split-*) python3 "$src/expect-dwarf.py" "$path/$name" "$answers/$name.frames" ;;
        compressed-*) python3 "$src/expect-dwarf.py" "$path" "$answers/$name.frames" "$out/plain" ;;
        dwz-1) python3 "$src/expect-dwarf.py" "$path" "$answers/$name.frames" "$work/dwz-before" ;;
        *.debug | windows-root) ;;
        *) python3 "$src/expect-dwarf.py" "$path" "$answers/$name.frames" ;;
    esac
done
