package dev.stackmapd.app.settings;

import dev.stackmapd.artifact.disk.Scrub;
import dev.stackmapd.artifact.disk.StoreLimits;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/// `stackmapd.artifacts.*`: binaries and debug files, and what is made from them.
///
/// @param directories folders and `.build-id` trees with binaries and debug files, read only
/// @param rescan how often the folders are looked through for new files
/// @param symbolMemory heap for open binaries, answers and negative answers together; unset, a share ([MemoryPlan])
/// @param storage folder for uploads, downloads and indexes; one process at a time may use it
/// @param quota bytes on disk that `storage` may take; what was used longest ago is evicted first
/// @param freePercent percentage of the file system that must stay free
/// @param evictUploads true if uploads are evicted too, after everything that can be fetched or built
///     again, but before files of binaries that were seen in stacks lately
/// @param maxFile bytes of one upload or download, after decompression
/// @param maxUploadTime from the first to the last byte of an upload's request
/// @param scrubPeriod how often all stored files are compared with their digests
/// @param scrubRate bytes that this reads in a second, at most
/// @param indexMemory heap for building an index, whatever grows with the binary: a fifth for code, which goes
///     to disk beyond that; a binary that needs more gets none. Unset, a share ([MemoryPlan])
/// @param maxInflated disk for one file's debug sections after decompression, part of `quota` as long as
///     the file is open; a file with more has its lines in part, and says so. Unset, a quarter of `quota`
@ConfigurationProperties("stackmapd.artifacts")
public record ArtifactSettings(
        @DefaultValue List<String> directories,
        @DefaultValue("1m") Duration rescan,
        @Nullable DataSize symbolMemory,
        @DefaultValue("data/artifacts") String storage,
        @DefaultValue("10GB") DataSize quota,
        @DefaultValue("10") int freePercent,
        @DefaultValue("false") boolean evictUploads,
        @DefaultValue("4GB") DataSize maxFile,
        @DefaultValue("15m") Duration maxUploadTime,
        @DefaultValue("7d") Duration scrubPeriod,
        @DefaultValue("8MB") DataSize scrubRate,
        @Nullable DataSize indexMemory,
        @Nullable DataSize maxInflated) {
    /// Reading symbols takes four times what an open file keeps of them ([ParseLimits#within]), and a look-up in
    /// debug information holds three tables.
    private static final int READING = 4;

    private static final int TABLES = 3;
    private static final long LEAST_OPEN_FILE = 1 << 20;

    /// More of a file's debug information need not stay decoded, and no table of one unit has more.
    private static final long MOST_DECODED = 64 << 20;

    public ArtifactSettings {
        Checks.atLeast(Duration.ofSeconds(1), rescan, "artifacts.rescan");
        if (symbolMemory != null) {
            Checks.atLeast(1, symbolMemory.toBytes(), "artifacts.symbol-memory");
        }
        Checks.atLeast(0, freePercent, "artifacts.free-percent");
        if (freePercent > 100) {
            throw new IllegalArgumentException(
                    "stackmapd.artifacts.free-percent must be at most 100, was " + freePercent);
        }
        Checks.atLeast(1, maxFile.toBytes(), "artifacts.max-file");
        Checks.atLeast(Duration.ofMillis(1), maxUploadTime, "artifacts.max-upload-time");
        Checks.atLeast(1, quota.toBytes(), "artifacts.quota");
        Checks.atLeast(Duration.ofSeconds(1), scrubPeriod, "artifacts.scrub-period");
        Checks.atLeast(1, scrubRate.toBytes(), "artifacts.scrub-rate");
        if (indexMemory != null) {
            Checks.atLeast(1 << 20, indexMemory.toBytes(), "artifacts.index-memory");
            Checks.fitsAnArray(indexMemory, "artifacts.index-memory");
        }
        if (maxInflated != null) {
            Checks.atLeast(1, maxInflated.toBytes(), "artifacts.max-inflated");
        }
    }

    public long diskForInflated() {
        return maxInflated != null ? maxInflated.toBytes() : Math.max(quota.toBytes() / 4, 1);
    }

    public StoreLimits storeLimits() {
        return new StoreLimits(
                quota.toBytes(),
                freePercent,
                maxFile.toBytes(),
                StoreLimits.DEFAULT.useInterval(),
                evictUploads ? StoreLimits.UploadEviction.LAST : StoreLimits.UploadEviction.NEVER);
    }

    public Scrub.Settings scrub() {
        return new Scrub.Settings(scrubPeriod, scrubRate.toBytes());
    }

    /// Opens something that keeps its files in a folder of its own below `storage`.
    ///
    /// @throws InvalidConfigurationPropertyValueException if the folder cannot be made or used
    public <T> T inStorage(String name, Opening<T> opening) {
        Path folder = Path.of(storage);
        try {
            return opening.open(folder.resolve(name));
        } catch (IOException e) {
            throw new InvalidConfigurationPropertyValueException(
                    "stackmapd.artifacts.storage", folder, "the folder cannot be made or used: " + reason(e));
        }
    }

    /// Opens what is kept in a folder.
    @FunctionalInterface
    public interface Opening<T> {
        T open(Path folder) throws IOException;
    }

    /// Returns why a folder cannot be used, without the names of Java's classes.
    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "this user may not write there";
            case FileAlreadyExistsException _ -> "a file is in its place";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    public ParseLimits parseLimits(MemoryPlan plan) {
        ParseLimits symbols = ParseLimits.DEFAULT.within(Math.max(plan.reading() / READING, LEAST_OPEN_FILE));
        ParseLimits debugInformation = symbols.within(MOST_DECODED);
        long table = Math.clamp(plan.reading() / TABLES, LEAST_OPEN_FILE, MOST_DECODED);
        return new ParseLimits(
                symbols.maxNoteBytes(),
                symbols.maxProgramHeaders(),
                symbols.maxSections(),
                symbols.maxSymbols(),
                symbols.maxNameBytes(),
                diskForInflated(),
                debugInformation.dwarf().decodingWithin(table));
    }
}
