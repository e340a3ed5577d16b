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
need clang-19 clang-19
need ld.lld-19 lld-19
need aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu

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

# Procedure linkage tables. objdump names the stubs; those that it has no label for have no name.
plt() {
    local name=$1 objdump=$2
    shift 2
    "$@" -O2 -nostdlib -ffreestanding -Wl,--build-id=sha1 -o "$work/$name" calls.c
    strip=${objdump%objdump}strip
    "$strip" --strip-all -o "$out/$name" "$work/$name"
    "$objdump" -d "$out/$name" | sed -n 's/^0*\([0-9a-f]*\) <\(.*@plt\)>:$/0x\1 \2/p' | sort > "$answers/$name.plt"
}
plt plt-x86-64 objdump gcc -shared -fPIC
plt plt-x86-64-ibt objdump gcc -shared -fPIC -fcf-protection=full -Wl,-z,ibtplt
plt plt-x86-64-now objdump gcc -shared -fPIC -Wl,-z,now
plt plt-x86-64-lld objdump clang-19 -shared -fPIC -fuse-ld=lld-19
printf 'void %s(void) {}\n' first second third fourth \
    | gcc -m32 -shared -nostdlib -ffreestanding -fPIC -Wl,-soname,libcalled.so -o "$work/libcalled.so" -x c -
plt plt-i386 objdump gcc -m32 -no-pie -fno-pic -Wl,-e,calls -Wl,--no-as-needed "$work/libcalled.so"
plt plt-i386-pic objdump gcc -shared -m32 -fPIC
plt plt-i386-ibt objdump gcc -shared -m32 -fPIC -fcf-protection=full -Wl,-z,ibtplt
plt plt-i386-lld objdump clang-19 -shared -m32 -fPIC -fuse-ld=lld-19
# The slots are 31 pages from the stubs.
plt plt-aarch64 aarch64-linux-gnu-objdump aarch64-linux-gnu-gcc -shared -fPIC
plt plt-aarch64-bti aarch64-linux-gnu-objdump aarch64-linux-gnu-gcc -shared -fPIC -mbranch-protection=standard \
    -Wl,-z,force-bti,-z,max-page-size=4096
plt plt-aarch64-pac aarch64-linux-gnu-objdump aarch64-linux-gnu-gcc -shared -fPIC -mbranch-protection=standard \
    -Wl,-z,force-bti,-z,pac-plt,-z,max-page-size=4096
plt plt-aarch64-lld aarch64-linux-gnu-objdump clang-19 -shared --target=aarch64-linux-gnu -fPIC -fuse-ld=lld-19 \
    -Wl,-z,max-page-size=4096
plt plt-arm arm-linux-gnueabihf-objdump arm-linux-gnueabihf-gcc -shared -fPIC
plt plt-riscv64 riscv64-linux-gnu-objdump riscv64-linux-gnu-gcc -shared -fPIC
plt plt-riscv64-lld riscv64-linux-gnu-objdump clang-19 -shared --target=riscv64-linux-gnu -fPIC -fuse-ld=lld-19
# mold names its stubs itself, in the symbol table.
plt plt-x86-64-mold objdump gcc -shared -fPIC -B/usr/libexec/mold
nm "$work/plt-x86-64-mold" | sed -n 's/^0*\([0-9a-f]*\) t \(.*\)$plt\(got\)*$/0x\1 \2@plt/p' | sort > "$answers/plt-x86-64-mold.plt"
# objdump has no labels for stubs of lld: the relocation of the slot has the name.
clang-19 -O2 -nostdlib -ffreestanding -Wl,--build-id=sha1 -shared --target=armv7-linux-gnueabihf -fPIC -fuse-ld=lld-19 \
    -o "$work/plt-arm-lld" calls.c
llvm-strip-19 --strip-all -o "$out/plt-arm-lld" "$work/plt-arm-lld"
python3 "$src/expect-arm-stubs.py" "$out/plt-arm-lld" > "$answers/plt-arm-lld.plt"

# Functions that have descriptors (PowerPC, ELFv1); `nm --synthetic` has the addresses of their code.
powerpc64-linux-gnu-gcc -O2 -nostdlib -ffreestanding -static -mabi=elfv1 -Wl,--build-id=sha1 -Wl,-e,calls -o "$out/descriptors" \
    library.c
powerpc64-linux-gnu-nm --synthetic "$out/descriptors" | sed -n 's/^0*\([0-9a-f]*\) [tT] \.\(.*\)$/0x\1 \2/p' | sort \
    > "$answers/descriptors.code"
