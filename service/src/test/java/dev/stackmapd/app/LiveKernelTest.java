package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.stackmapd.fixtures.Capture;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The kernel is the referee, on the spot: a process is started, the running kernel is asked, and the service must
/// agree. Where the kernel cannot be asked (root, BPF, clang), the test is skipped and says why.
class LiveKernelTest extends KernelAsReferee {
    private static final int NOT_POSSIBLE_HERE = 69;

    @TempDir
    Path directory;

    @Test
    void agreesWithTheRunningKernel() throws IOException, InterruptedException {
        Path recorder = copyOfTheRecorder();
        Path program = directory.resolve("program");
        Files.copy(Fixtures.path("binaries/demo"), program, StandardCopyOption.COPY_ATTRIBUTES);
        Process process = new ProcessBuilder(program.toString(), "60")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            Capture capture = record(recorder, process.pid());
            everyFrameEqualsTheKernels("live", capture);
            everyKernelMapReturnsAndHoldsWhatTheKernelsDid("live", capture);
        } finally {
            process.destroyForcibly();
        }
    }

    /// It builds where it stands, and the fixtures stay as they are.
    private Path copyOfTheRecorder() throws IOException {
        Path copy = Files.createDirectories(directory.resolve("recorder"));
        for (String file :
                List.of("Makefile", "record", "pack_files.py", "recorder.bpf.c", "recorder.c", "recorder.h")) {
            Files.copy(Fixtures.path("recorder/" + file), copy.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        return copy;
    }

    private Capture record(Path recorder, long pid) throws IOException, InterruptedException {
        Path recorded = directory.resolve("recorded");
        Path log = directory.resolve("record.log");
        int exit = new ProcessBuilder(
                        recorder.resolve("record").toString(), Long.toString(pid), "2", "199", recorded.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        String said = Files.readString(log);
        if (exit == NOT_POSSIBLE_HERE) {
            abort("the kernel cannot be asked here: "
                    + said.strip().lines().reduce((a, b) -> b).orElse(""));
        }
        assertThat(exit).as(said).isZero();
        return Capture.in(recorded);
    }
}
