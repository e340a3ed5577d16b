#!/bin/bash
# Holds the costs of our symbol index against those of the crate addr2line in the same run, for the binaries that
# compare-dwarf.sh has put into FOLDER:
#
#   elf-core/compare-addr2line.sh FOLDER [FILE...]
#
# Needs: cargo and its registry, JDK 25 in JAVA_HOME, and classes made by `mvn -pl elf-core -am test-compile`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
shift
jar=$(find "$HOME/.m2/repository/com/github/luben/zstd-jni" -name 'zstd-jni-*.jar' | sort | tail -1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- libc libjvm
cp -r "$here/addr2line" "$work/peer"
cargo build --quiet --release --manifest-path "$work/peer/Cargo.toml"

for file in "$@"; do
    echo "== $file"
    "${JAVA_HOME:-/usr}/bin/java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xmx"${HEAP:-320m}" \
        -cp "$here/target/classes:$here/target/test-classes:$jar" \
        dev.stackmapd.elfcore.index.IndexMeasurement "$folder/$file" "$work/index" "$work"
    for set in uniform zipf; do
        echo "$set:"
        "$work/peer/target/release/addr2line-cost" "$folder/$file" "$work/$set.addresses"
    done
done
