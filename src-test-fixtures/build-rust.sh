#!/bin/bash
# Adds programs of rustc and gdc to binaries/dwarf/ and expected/dwarf/. Nothing in either is edited by hand. Run it
# after build-dwarf.sh, which empties both. Running it twice changes nothing.
#
# Made with rustc 1.95, later than Debian 12's; another version gives other bytes and other answers, together. The old
# mangling is no stable option any more, hence RUSTC_BOOTSTRAP.
set -euo pipefail
export LC_ALL=C SOURCE_DATE_EPOCH=1700000000
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
src=$here/sources
out=$here/binaries/dwarf
answers=$here/expected/dwarf
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$src"

need() {
    command -v "$1" > /dev/null || { echo "build-rust.sh needs $1: apt-get install $2" >&2; exit 69; }
}
need rustc rustc
need gdc-12 gdc-12
need llvm-symbolizer-19 llvm-19

# $1 name, then flags.
rust() {
    local name=$1
    shift
    RUSTC_BOOTSTRAP=1 rustc --edition 2021 --crate-name shapes -g -C panic=abort -Z unstable-options \
        "--remap-path-prefix=$src=/src" -C link-arg=-nostdlib -C link-arg=-Wl,--build-id=sha1 \
        "$@" -o "$work/$name" shapes.rs
    cp "$work/$name" "$out"
    python3 "$src/expect-dwarf.py" "$out/$name" "$answers/$name.frames"
}
rust rust-v0-O3 -C opt-level=3 -C symbol-mangling-version=v0 -Z dwarf-version=5
rust rust-v0-O1 -C opt-level=1 -C symbol-mangling-version=v0 -Z dwarf-version=4
rust rust-legacy-O2 -C opt-level=2 -C symbol-mangling-version=legacy -Z dwarf-version=4

gdc-12 -g -O2 -fno-druntime -fno-exceptions -nostdlib -pie -fPIE "-ffile-prefix-map=$src=/src" \
    -fno-asynchronous-unwind-tables -Wl,--build-id=sha1 -o "$out/gdc-O2" shapes.d
python3 "$src/expect-dwarf.py" "$out/gdc-O2" "$answers/gdc-O2.frames"
