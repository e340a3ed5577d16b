package dev.stackmapd.artifact;

import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.folder.DirectoryArtifacts;
import dev.stackmapd.artifact.folder.LocalFiles;
import dev.stackmapd.resolve.BinaryLocations;
import dev.stackmapd.resolve.linux.HostFileThreads;
import dev.stackmapd.upstream.AddressRules;
import dev.stackmapd.upstream.DebuginfodUpstreams;
import dev.stackmapd.upstream.NegativeTtls;
import dev.stackmapd.upstream.UpstreamLimits;
import java.util.List;

/// Makes artifacts without upstreams.
public final class LocalArtifacts {
    private LocalArtifacts() {}

    public static Artifacts over(DirectoryArtifacts directories, ArtifactStore store) {
        DebuginfodUpstreams none = new DebuginfodUpstreams(
                List.of(),
                UpstreamLimits.DEFAULT,
                NegativeTtls.DEFAULT,
                AddressRules.PUBLIC_ONLY,
                new ArtifactSinkFactory(store, new FetchedSources(1 << 20)));
        LocalFiles noFiles = new LocalFiles(new BinaryLocations(0, new HostFileThreads(1)), List.of());
        return new Artifacts(directories, store, none, new LayoutCache(1 << 20), noFiles);
    }
}
