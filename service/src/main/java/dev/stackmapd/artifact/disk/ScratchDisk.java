package dev.stackmapd.artifact.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The scratch space of all open binaries, on the disk of a store and within its quota. Thread-safe.
final class ScratchDisk implements EvictableFiles {
    private final Disk disk;
    private final QuotaShare quotaShare;
    private final Set<BinaryScratch> inUse = ConcurrentHashMap.newKeySet();

    ScratchDisk(Disk disk, Catalog catalog, DiskBudget budget) {
        this.disk = disk;
        catalog.evictions().join(this);
        this.quotaShare = new QuotaShare(catalog, budget);
    }

    FileChannel create() throws IOException {
        return disk.newUnlinked();
    }

    QuotaShare quotaShare() {
        return quotaShare;
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
    public List<EvictableFile> candidates() {
        return inUse.stream()
                .filter(BinaryScratch::isEvictable)
                .<EvictableFile>map(scratch -> scratch)
                .toList();
    }
}
