#!/bin/sh
# Compares look-ups in debug information with llvm-symbolizer-19, or with eu-addr2line, on real binaries of Debian 12:
# libc6, libjvm, ceph-osd, libstdc++. Raw names are those of answers, including the names of parts of functions.
#
#   elf-core/compare-dwarf.sh FOLDER [ADDRESSES [SEED [TOOL [FILE...]]]]
#
# FILEs are any executables with debug information (and .dwo, .dwp and dwz files where LocalDebugFiles looks); without
# any, these four are made. FOLDER keeps the packages (about 830 MB) and the merged files (about 1.5 GB) for the next run; by default 4000
# addresses, seed 20240229, llvm-symbolizer-19. Needs: apt-get, dpkg, elfutils, binutils, llvm-19, and what
# bench.sh needs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
addresses=${2:-4000}
seed=${3:-20240229}
tool=${4:-llvm-symbolizer-19}
if [ $# -gt 4 ]; then
    shift 4
else
    set --
fi
mkdir -p "$folder/packages" "$folder/x"
cd "$folder"

# $1 name of the result, $2 package of the binary, $3 package of the debug file, $4 file name of the binary
merge() {
    [ -e "$1" ] && return
    for package in "$2" "$3"; do
        ls packages/"${package}"_*.deb > /dev/null 2>&1 || (cd packages && apt-get download "$package")
        [ -d "x/$package" ] || dpkg -x "$(ls packages/"${package}"_*.deb)" "x/$package"
    done
    binary=$(find "x/$2" -type f -name "$4" -size +100k | sort | head -1)
    id=$(readelf -n "$binary" | sed -n 's/^ *Build ID: //p')
    debug=$(find "x/$3" -path "*/.build-id/$(echo "$id" | cut -c1-2)/$(echo "$id" | cut -c3-).debug" | head -1)
    # libstdc++6-12-dbg is a library built for debugging, complete in one file.
    if [ -z "$debug" ]; then
        cp "$(find "x/$3" -type f -name "$4" -size +1M | head -1)" "$1.full"
    else
        eu-unstrip -o "$1.full" "$binary" "$debug"
    fi
    objcopy --decompress-debug-sections "$1.full" "$1"
}

if [ $# -eq 0 ]; then
    merge libc libc6 libc6-dbg libc.so.6
    merge libjvm openjdk-17-jre-headless openjdk-17-dbg libjvm.so
    merge ceph-osd ceph-osd ceph-osd-dbg ceph-osd
    merge libstdcxx libstdc++6 libstdc++6-12-dbg 'libstdc++.so.6.*'
    set -- libc libjvm ceph-osd libstdcxx
fi

for file; do
    "$here/bench.sh" DwarfComparison "$file" "$addresses" "$seed" "$tool"
done
