package dev.stackmapd.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Maps texts of any size, made from a seed the way a loader fills an address space: libraries of four or five
/// adjacent mappings, one of them executable, with anonymous memory and holes between, kernel mappings at the end.
public final class RandomMaps {
    private static final String[] PERMISSIONS = {"r--p", "r-xp", "r--p", "r--p", "rw-p"};
    private static final String[] NAMES = {
        "/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30",
        "/usr/lib/jvm/temurin-25-jdk-amd64/lib/server/libjvm.so",
        "/usr/lib/x86_64-linux-gnu/libc.so.6",
        "/srv/app/lib sp ace.so",
        "/srv/app/lib\\012nl.so",
        "/srv/app/libdeleted.so (deleted)",
        "/dev/shm/a"
    };

    private final Random random;
    private final List<String> lines = new ArrayList<>();
    private long address = 0x55828ef69000L;

    private RandomMaps(long seed) {
        random = new Random(seed);
    }

    /// @param mappings at least 3: the last two are `[vdso]` and `[vsyscall]`
    public static byte[] text(long seed, int mappings) {
        RandomMaps maps = new RandomMaps(seed);
        while (maps.lines.size() < mappings - 2) {
            maps.region(mappings - 2 - maps.lines.size());
        }
        maps.map(2, "r-xp", 0, "00:00", 0, "[vdso]");
        maps.address = 0xffffffffff600000L;
        maps.map(1, "--xp", 0, "00:00", 0, "[vsyscall]");
        return String.join("", maps.lines).getBytes(ISO_8859_1);
    }

    private void region(int room) {
        if (random.nextInt(3) == 0) {
            address += 4096L * random.nextInt(1 << random.nextInt(30));
        }
        if (random.nextInt(4) == 0) {
            map(1 + random.nextInt(16384), random.nextInt(8) == 0 ? "rwxp" : "rw-p", 0, "00:00", 0, "");
            return;
        }
        String name = NAMES[random.nextInt(NAMES.length)];
        long inode = 1L + random.nextInt(3_000_000);
        long offset = random.nextInt(20) == 0 ? 1L << 34 : 0;
        for (int part = 0; part < Math.min(room, 4 + random.nextInt(2)); part++) {
            int pages = 1 + random.nextInt(400);
            map(pages, PERMISSIONS[part], offset, "fe:00", inode, name);
            offset += 4096L * pages;
        }
    }

    private void map(int pages, String permissions, long offset, String device, long inode, String name) {
        long end = address + 4096L * pages;
        String fields = "%08x-%08x %s %08x %s %d ".formatted(address, end, permissions, offset, device, inode);
        lines.add((name.isEmpty() ? fields : "%-73s%s".formatted(fields, name)) + "\n");
        address = end;
    }
}
