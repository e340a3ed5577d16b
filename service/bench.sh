#!/usr/bin/env bash
# Compiles the service and its tests, makes their class path, and runs one benchmark:
#
#   service/bench.sh NAME [ARGUMENT...]
#
# NAME is one of
#   a regular expression over the names of JMH benchmarks (`MapsParserBenchmark|VmaIndexBenchmark`); the arguments are
#     those of JMH (`-f 1 -wi 3 -i 3`; `-h` lists all)
#   the name of a class with a main method, such as CapacityMeasurement
#   jcstress, the races of the stack maps; the arguments are those of jcstress (`-m quick`)
# Without NAME the script lists the benchmarks.
#
# It runs on the JDK in JAVA_HOME if that is 25 or newer, else on the first such JDK that it finds.
#
# BENCH_OPTIONS are options of the JVM. BENCH_PREFIX is put before `java`: with `chrt -f 10` the benchmark has real-time
# priority, and the compiler has not. MAVEN_ARGS are arguments of Maven, such as --offline.
set -euo pipefail
cd "$(dirname "$0")/.."

profile=
[ "${1:-}" != jcstress ] || profile=-Pjcstress

log=service/target/bench.log
mkdir -p service/target
# shellcheck disable=SC2086 # lists of words
mvn -B -ntp -q $profile ${MAVEN_ARGS:-} -pl service -am test-compile dependency:build-classpath \
  -Dmdep.outputFile=target/classpath >"$log" 2>&1 || { cat "$log" >&2; exit 1; }

cd service
java=
for home in "${JAVA_HOME:-}" "${JAVA25_HOME:-}" /usr/lib/jvm/* /usr/lib64/jvm/* "$HOME"/.sdkman/candidates/java/* \
    "$HOME"/.jdks/* /opt/java/*; do
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null || true)
  if [ "${version:-0}" -ge 25 ] && [ -x "$home/bin/java" ]; then
    java=$home/bin/java
    break
  fi
done
[ -n "$java" ] || { echo "bench.sh: there is no JDK 25; set JAVA_HOME" >&2; exit 69; }

list=target/test-classes/META-INF/BenchmarkList
classpath=target/test-classes:target/classes:$(cat target/classpath)

# Prints the full name of the class with the simple name $1, if the tests have one.
class_named() {
  find target/test-classes -name "$1.class" | sed 's|^target/test-classes/||; s|\.class$||; s|/|.|g' | head -n 1
}

if [ $# -eq 0 ]; then
  echo "JMH benchmarks:"
  grep -oE 'dev\.stackmapd\.[A-Za-z.]+Benchmark' "$list" | sed 's/.*\./  /' | sort -u
  echo "other measurements:"
  echo "  jcstress"
  find target/test-classes -name '*Measurement.class' | sed 's|.*/|  |; s|\.class$||' | sort
  exit
fi

name=$1
shift
main=$(class_named "$name")
case $name in
  jcstress) classpath=target/jcstress-classes:$classpath; main=org.openjdk.jcstress.Main ;;
  *Benchmark*) set -- "$name" "$@"; main=org.openjdk.jmh.Main ;;
  *) [ -n "$main" ] || { echo "bench.sh: the tests have no class $name" >&2; exit 1; } ;;
esac
# shellcheck disable=SC2086 # lists of words
exec ${BENCH_PREFIX:-} "$java" ${BENCH_OPTIONS:-} --enable-native-access=ALL-UNNAMED \
  -cp "$classpath" "$main" "$@"
