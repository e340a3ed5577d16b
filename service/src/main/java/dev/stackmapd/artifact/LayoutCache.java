package dev.stackmapd.artifact;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.Layout;
import java.util.List;
import java.util.Optional;

/// A cache of the load segments of executables, by build-id, so that a debug file alone is enough for
/// symbolization: many debuginfod servers have no executables. Bounded in bytes; the least used entries
/// are evicted. Thread-safe.
public final class LayoutCache {
    /// The heap of an entry without its segments, in bytes.
    private static final int ENTRY_BYTES = 300;

    private static final int SEGMENT_BYTES = 96;

    /// By build-id in the form that look-ups compare ([BuildId#unpadded]).
    private final Cache<BuildId, KnownLayout> layouts;

    /// @param maxBytes the approximate limit of heap
    public LayoutCache(long maxBytes) {
        this.layouts = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .<BuildId, KnownLayout>weigher((buildId, known) ->
                        ENTRY_BYTES + SEGMENT_BYTES * known.layout().segments().size())
                .executor(Runnable::run)
                .build();
    }

    /// The source of a layout, the most trusted first.
    public enum LayoutSource {
        /// A file of the store or of a folder.
        FILE,
        /// A file of this host that a process has mapped.
        PROCESS,
        /// The head of a file in a batch.
        HEAD,
        /// Two equally trusted layouts contradict one another, so that there are no segments to use.
        CONTESTED
    }

    /// @param layout without segments if it is contested
    record KnownLayout(Layout.Linked layout, LayoutSource source) {}

    /// How [#add] changed the cache.
    enum Change {
        NONE,
        /// The segments have changed.
        KNOWN,
        CONTESTED
    }

    /// Adds a layout unless an equally or more trusted one is known.
    Change add(BuildId buildId, Layout.Linked layout, LayoutSource source) {
        KnownLayout offered = new KnownLayout(layout, source);
        BuildId key = buildId.unpadded();
        KnownLayout before = layouts.getIfPresent(key);
        if (before != null && stronger(before, offered).equals(before)) {
            return Change.NONE;
        }
        KnownLayout after = layouts.asMap().merge(key, offered, LayoutCache::stronger);
        if (after.equals(before)) {
            return Change.NONE;
        }
        return after.source() == LayoutSource.CONTESTED ? Change.CONTESTED : Change.KNOWN;
    }

    private static KnownLayout stronger(KnownLayout known, KnownLayout offered) {
        if (offered.source() == LayoutSource.FILE) {
            return offered;
        }
        if (known.source() != offered.source()) {
            return known.source().compareTo(offered.source()) < 0 || known.source() == LayoutSource.CONTESTED
                    ? known
                    : offered;
        }
        return known.layout().segments().equals(offered.layout().segments())
                ? known
                : new KnownLayout(Layout.Linked.UNKNOWN, LayoutSource.CONTESTED);
    }

    Optional<KnownLayout> get(BuildId buildId) {
        return Optional.ofNullable(layouts.getIfPresent(buildId.unpadded()));
    }

    void forget(BuildId buildId) {
        layouts.invalidate(buildId.unpadded());
    }

    /// Returns the cached layout if it contradicts none of the held files.
    Optional<Layout.Linked> agreeing(BuildId buildId, List<Layout> held) {
        return get(buildId)
                .map(KnownLayout::layout)
                .filter(layout -> held.stream()
                        .allMatch(other -> layout.contradictionTo(other).isEmpty()));
    }

    /// Returns the approximate heap of the cache, in bytes.
    public long bytes() {
        return layouts.policy()
                .eviction()
                .map(Policy.Eviction::weightedSize)
                .map(size -> size.orElse(0))
                .orElse(0L);
    }
}
