package dev.stackmapd.process;

import java.io.IOException;
import java.nio.file.Path;

/// A program that [LiveProcessTest] runs as another user: prints what reading the maps of a pid came to.
final class LiveProcessReader {
    private LiveProcessReader() {}

    public static void main(String[] arguments) throws IOException {
        int pid = Integer.parseInt(arguments[0]);
        System.out.println(new LiveProcess(Path.of("/proc"), pid, 1 << 24).readMaps());
    }
}
