package dev.stackmapd.artifact.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The scratch space of all open binaries, on the disk of a store and within its quota. Thread-safe.
final class ScratchDisk implements Tenant {
    private final Disk disk;
    private final Allowance allowance;
    private final Set<BinaryScratch> inUse = ConcurrentHashMap.newKeySet();

    ScratchDisk(Disk disk, Holdings holdings, Space space) {
        this.disk = disk;
        holdings.join(this);
        this.allowance = new Allowance(holdings, space);
    }

    FileChannel create() throws IOException {
        return disk.newUnlinked();
    }

    Allowance allowance() {
        return allowance;
    }

    void add(BinaryScratch scratch) {
        inUse.add(scratch);
    }

    void remove(BinaryScratch scratch) {
        inUse.remove(scratch);
    }

    long bytes() {
        return inUse.stream().mapToLong(BinaryScratch::bytes).sum();
    }

    @Override
    public List<Spare> spares() {
        return inUse.stream()
                .filter(BinaryScratch::isSpare)
                .<Spare>map(scratch -> scratch)
                .toList();
    }
}
