package dev.stackmapd.artifact;

import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.folder.DirectoryArtifacts;
import dev.stackmapd.artifact.folder.LocalFiles;
import dev.stackmapd.resolve.BinaryLocations;
import dev.stackmapd.resolve.linux.HostFileThreads;
import dev.stackmapd.upstream.AddressRules;
import dev.stackmapd.upstream.DebuginfodUpstreams;
import dev.stackmapd.upstream.NegativeLives;
import dev.stackmapd.upstream.UpstreamLimits;
import java.util.List;

/// Makes artifacts without upstreams.
public final class LocalArtifacts {
    private LocalArtifacts() {}

    public static Artifacts over(DirectoryArtifacts directories, ArtifactStore store) {
        DebuginfodUpstreams none = new DebuginfodUpstreams(
                List.of(),
                UpstreamLimits.DEFAULT,
                NegativeLives.DEFAULT,
                AddressRules.PUBLIC_ONLY,
                new ArtifactIntake(store, new FetchedSources(1 << 20)));
        LocalFiles noFiles = new LocalFiles(new BinaryLocations(0, new HostFileThreads(1)), List.of());
        return new Artifacts(directories, store, none, new RememberedLayouts(1 << 20), noFiles);
    }
}
