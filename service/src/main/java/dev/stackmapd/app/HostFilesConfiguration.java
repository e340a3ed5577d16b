package dev.stackmapd.app;

import dev.stackmapd.app.metrics.Meters;
import dev.stackmapd.app.settings.BindCheck;
import dev.stackmapd.app.settings.FileSettings;
import dev.stackmapd.app.settings.MemoryPlan;
import dev.stackmapd.app.settings.MemoryPlan.Table;
import dev.stackmapd.app.settings.ServiceSettings;
import dev.stackmapd.artifact.folder.LocalFiles;
import dev.stackmapd.resolve.BatchFiles;
import dev.stackmapd.resolve.BinaryLocations;
import dev.stackmapd.resolve.BuildIdCache;
import dev.stackmapd.resolve.FileAccess;
import dev.stackmapd.resolve.HostFiles;
import dev.stackmapd.resolve.ResolutionCache;
import dev.stackmapd.resolve.linux.HostFileThreads;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Makes what reads files of this host: for build-ids, and for names where local files may give them.
@Configuration(proxyBeanMethods = false)
class HostFilesConfiguration {
    private static final Duration FILE_WITHOUT_BUILD_ID = Duration.ofSeconds(10);

    /// Agents send every five to ten seconds.
    private static final Duration FILE_LOOKED_UP = Duration.ofSeconds(10);

    private static final Duration FILE_NOT_READ = Duration.ofSeconds(1);

    /// Threads that file systems may hold for ever, beside one for each batch that is translated.
    private static final int LOST_THREADS = 16;

    @Bean
    FileAccess fileAccess(FileSettings files, ServiceSettings settings, BindCheck bind) {
        boolean beside = settings.mode() == ServiceSettings.Mode.SIDECAR || bind.reach() == BindCheck.Reach.LOOPBACK;
        FileSettings.Access access = files.access();
        if (access == null) {
            return beside ? new FileAccess.Proc(List.of(Path.of("/"))) : new FileAccess.None();
        }
        return switch (access) {
            case NONE -> new FileAccess.None();
            case PROC -> new FileAccess.Proc(List.of());
            case ROOTS -> new FileAccess.Roots(ServiceSettings.paths(files.roots()));
        };
    }

    @Bean
    BuildIdCache fileBuildIds(MemoryPlan plan) {
        return new BuildIdCache(plan.bytes(Table.FILE_BUILD_IDS) / 2, FILE_WITHOUT_BUILD_ID);
    }

    @Bean
    HostFileThreads hostFileThreads() {
        return new HostFileThreads(Runtime.getRuntime().availableProcessors() + LOST_THREADS);
    }

    @Bean
    BinaryLocations openedFiles(HostFileThreads threads, MemoryPlan plan) {
        return new BinaryLocations(plan.bytes(Table.OPENED_FILES), threads);
    }

    @Bean
    HostFiles hostFiles(
            FileAccess access,
            BuildIdCache buildIds,
            HostFileThreads threads,
            BinaryLocations opened,
            MemoryPlan plan) {
        ResolutionCache recent =
                new ResolutionCache(plan.bytes(Table.FILE_BUILD_IDS) / 2, FILE_LOOKED_UP, FILE_NOT_READ);
        return new HostFiles(
                access, new HostFiles.Caches(buildIds, recent, opened), threads, BatchFiles.Budget.DEFAULT);
    }

    @Bean
    LocalFiles localFiles(
            FileSettings files, FileAccess access, BindCheck bind, BinaryLocations opened, HostFileThreads threads) {
        Boolean names = files.names();
        boolean mayRead = !(access instanceof FileAccess.None);
        if (names != null ? names : mayRead && bind.reach() == BindCheck.Reach.LOOPBACK) {
            return new LocalFiles(
                    opened, List.of(Path.of(System.getProperty("user.home"), ".debug"), Path.of("/usr/lib/debug")));
        }
        return new LocalFiles(new BinaryLocations(0, threads), List.of());
    }

    @Bean
    MeterBinder hostFileMeters(BuildIdCache buildIds, HostFileThreads threads, HostFiles files) {
        return registry -> {
            Meters.counter(
                    registry,
                    "stackmapd.file.buildids.hits",
                    "Build-ids of files of this host that were found in memory",
                    buildIds,
                    f -> (double) f.stats().hitCount());
            Meters.counter(
                    registry,
                    "stackmapd.file.buildids.misses",
                    "Build-ids of files of this host that had to be read",
                    buildIds,
                    f -> (double) f.stats().missCount());
            Meters.counter(
                    registry,
                    "stackmapd.file.buildids.evictions",
                    "Build-ids of files of this host that were evicted from memory",
                    buildIds,
                    f -> (double) f.stats().evictionCount());
            Meters.gauge(
                    registry,
                    "stackmapd.file.threads.lost",
                    "Threads that wait for a file system that does not answer",
                    threads,
                    t -> (double) t.lost());
            Meters.counter(
                    registry,
                    "stackmapd.files.not.looked.for",
                    "Mapped files that were not looked for because of the budget of a batch or a slow file system",
                    files,
                    f -> (double) f.notLookedFor());
        };
    }
}
