package dev.stackmapd.elfcore.demangle;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/// Measures demangling a symbol table: all names of one corpus, once each, in the table's order.
///
/// The names are samples of real tables: short ones (libjvm), LLVM's, and ceph's long template names.
/// The set-up fails if an answer differs from that of llvm-cxxfilt. The figure is for the whole corpus;
/// BENCHMARKS.md divides by its names.
///
/// Run it with `elf-core/bench.sh DemanglerBenchmark`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class DemanglerBenchmark {

    @Param({"libjvm", "libLLVM", "ceph-osd", "rust-v0"})
    String corpus = "";

    @Param({"FULL", "SIMPLE"})
    DemangleMode mode = DemangleMode.FULL;

    private final Demangler demangler = new Demangler();
    private List<String> names = List.of();

    @Setup
    public void readNames() {
        for (Corpus.Entry entry : Corpus.of(corpus)) {
            if (!demangler.demangle(entry.mangled(), DemangleMode.FULL).equals(entry.full())) {
                throw new IllegalStateException("wrong answer for " + entry.mangled());
            }
        }
        names = Corpus.of(corpus).stream().map(Corpus.Entry::mangled).toList();
    }

    @Benchmark
    public void table(Blackhole hole) {
        for (String name : names) {
            hole.consume(demangler.demangle(name, mode));
        }
    }
}
