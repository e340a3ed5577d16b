#!/bin/bash
# Prints expected/dwarf-sources/: the source files that llvm-dwarfdump-19 finds named in the binaries of binaries/dwarf/,
# one a line. Run it after build-dwarf.sh and build-rust.sh. Running it twice changes nothing.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
answers=$here/expected/dwarf-sources

rm -rf "$answers"
mkdir -p "$answers"
cd "$here/binaries/dwarf"
for path in *; do
    case $path in
        split-*) from=$path/$path ;;
        # It reads no .zdebug_* sections.
        compressed-*) from=plain ;;
        # It makes a name of units that have no line program.
        *.debug) continue ;;
        # It joins paths from the root of a drive with the folder of the unit.
        windows-root) continue ;;
        *) from=$path ;;
    esac
    llvm-dwarfdump-19 --show-sources "$from" > "$answers/$path.sources"
done
