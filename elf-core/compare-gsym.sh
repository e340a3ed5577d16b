#!/bin/sh
# Has llvm-gsymutil-19 read what we write, and us what it writes: for the binaries that compare-dwarf.sh has put into
# FOLDER, both readers must say the same of ADDRESSES random code addresses, on both files.
#
#   elf-core/compare-gsym.sh FOLDER [ADDRESSES [SEED]]
#
# Needs: llvm-19, JDK 25 in JAVA_HOME, and classes made by `mvn -pl elf-core -am test-compile`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
jar=$(find "$HOME/.m2/repository/com/github/luben/zstd-jni" -name 'zstd-jni-*.jar' | sort | tail -1)
for file in libc libstdcxx libjvm ceph-osd; do
    llvm-gsymutil-19 --quiet --convert="$folder/$file" --out-file="$folder/$file.gsym" > /dev/null
    "${JAVA_HOME:-/usr}/bin/java" --enable-native-access=ALL-UNNAMED \
        -cp "$here/target/classes:$here/target/test-classes:$jar" \
        dev.stackmapd.elfcore.gsym.GsymComparison "$folder/$file" "$folder/$file.gsym" "${2:-20000}" "${3:-20240229}"
done
