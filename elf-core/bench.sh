#!/bin/bash
# Runs a benchmark or comparison of this module, and compiles the module before if its sources have changed.
#
#   elf-core/bench.sh                        lists the names
#   elf-core/bench.sh NAME [ARG...]          runs a JMH benchmark (*Benchmark; ARGs are options of JMH, see -h), or the
#                                            main method of any other class
#   elf-core/bench.sh main NAME [ARG...]     runs the main method of a *Benchmark that has one
#
# Needs: JDK 25 in JAVA_HOME, and Maven (MVN, by default "mvn"; "mvn -o" works offline once everything has been
# downloaded). JAVA_OPTS has further options of the JVM, such as -Xmx160m.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tests=$here/src/test/java
class_path=$here/target/test-classpath

if [ $# -eq 0 ]; then
    echo "JMH benchmarks:"
    grep -lrE '@Benchmark$' "$tests" | sed 's,.*/\(.*\)\.java,  \1,' | sort
    echo "main methods:"
    grep -lrE 'static void main\(' "$tests" | grep -v 'Test\.java' | sed 's,.*/\(.*\)\.java,  \1,' | sort
    exit
fi

jmh=yes
if [ "$1" = main ]; then
    jmh=no
    shift
fi
name=$1
shift
file=$(find "$tests" -name "$name.java")
if [ -z "$file" ]; then
    echo "there is no class $name; without arguments, $0 lists the names" >&2
    exit 2
fi

if [ ! -e "$class_path" ] || [ -n "$(find "$here/src" "$here/pom.xml" -newer "$class_path" -print -quit)" ]; then
    (cd "$here/.." && ${MVN:-mvn} -q -pl elf-core -am test-compile dependency:build-classpath \
        -Dmdep.outputFile=target/test-classpath >&2)
    touch "$class_path"
fi

main=$(echo "${file#"$tests"/}" | sed 's,\.java$,,; s,/,.,g')
if [ $jmh = yes ] && [[ $name == *Benchmark ]]; then
    main=org.openjdk.jmh.Main
    set -- "$name" "$@"
fi
# shellcheck disable=SC2086 # JAVA_OPTS are several words
exec "${JAVA_HOME:-/usr}/bin/java" --enable-native-access=ALL-UNNAMED ${JAVA_OPTS:-} \
    -cp "$here/target/classes:$here/target/test-classes:$(cat "$class_path")" "$main" "$@"
