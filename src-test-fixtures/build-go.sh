#!/bin/bash
# Rebuilds binaries/go/ from sources/go/ and prints expected/go/ with llvm-symbolizer-19, which reads the debug
# information that the binaries here have lost. Nothing in either is edited by hand. Run it after build.sh, which empties
# both parents. Running it twice changes nothing.
#
# Debian 12 has Go 1.19. The others are packages of later releases (golang-1.24-go and -src, …): unpack them with
# dpkg -x into one folder and name that folder in GO_ROOTS.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
src=$here/sources
out=$here/binaries/go
answers=$here/expected/go
roots=${GO_ROOTS:?a folder with usr/lib/go-1.24, go-1.26 and go-1.27}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GOCACHE=$work/cache GOTOOLCHAIN=local 'GOFLAGS=-trimpath -buildvcs=false' CGO_ENABLED=0 GOENV=off

gaps=$here/expected/go-gaps
rm -rf "$out" "$answers" "$gaps"
mkdir -p "$out" "$answers" "$gaps"

# Offset and size of a section, in hexadecimal.
where() {
    readelf -SW "$1" | sed -n "s/.* $2  *PROGBITS  *[0-9a-f]*  *\\([0-9a-f]*\\)  *\\([0-9a-f]*\\) .*/\\1 \\2/p"
}

# The functions' own table: equal where functions lie at the same places.
table() {
    local at size
    read -r at size < <(where "$1" '[.a-z]*\.gopclntab')
    tail -c +$((16#$at + 1)) "$1" | head -c $((16#$size))
}

# $1 version, $2 GOARCH, then flags. Code is overwritten with zeros, which compress well; no test reads it.
build() {
    local version=$1 arch=$2 name=go$1-$2 root=/usr/lib/go-$1
    shift 2
    [ -d "$root" ] || root=$roots/usr/lib/go-$version
    [ $# = 0 ] || name=$name-pie
    compile() {
        (cd "$src/go" && GOROOT=$root GOARCH=$arch "$root/bin/go" build "$@" .)
    }
    compile "$@" -o "$work/$name"
    python3 "$src/expect-go.py" "$work/$name" "$answers/$name.frames"
    case $name in
        go1.19-amd64 | go1.19-386) python3 "$src/expect-go-gaps.py" "$work/$name" "$gaps/$name.gaps" ;;
    esac
    compile "$@" -ldflags='-s -w' -o "$out/$name"
    [ -n "$(where "$out/$name" '[.a-z]*\.gopclntab')" ]
    cmp <(table "$work/$name") <(table "$out/$name")
    blank "$out/$name"
}

blank() {
    local at size
    read -r at size < <(where "$1" '\.text')
    head -c $((16#$size)) /dev/zero | dd of="$1" bs=64K seek=$((16#$at)) oflag=seek_bytes conv=notrunc status=none
}
build 1.19 amd64
build 1.19 386
build 1.19 arm64
build 1.19 s390x
build 1.19 mips
build 1.19 amd64 -buildmode=pie
build 1.24 amd64
build 1.26 amd64
build 1.27 amd64
build 1.27 amd64 -buildmode=pie

# Linked by another linker: code of C stands before that of Go, and there may be no section for the table. lld leaves pointers zero.
external() {
    local version=$1 linker=$2 compiler=$3 name=go$1-amd64-$2 root=/usr/lib/go-$1
    [ -d "$root" ] || root=$roots/usr/lib/go-$version
    (cd "$src/go" && GOROOT=$root CGO_ENABLED=1 CC=$compiler "$root/bin/go" build -buildmode=pie \
        "-ldflags=-linkmode=external '-extldflags=-fuse-ld=$linker -Wl,--build-id=sha1'" -o "$work/$name" .)
    python3 "$src/expect-go.py" "$work/$name" "$answers/$name.frames"
    strip --strip-all -o "$out/$name" "$work/$name"
    blank "$out/$name"
}
external 1.19 bfd gcc
external 1.27 lld-19 clang-19
