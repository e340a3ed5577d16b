package dev.stackmapd.artifact;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.Layout;
import java.util.List;
import java.util.Optional;

/// Load segments of executables that were seen once, by build-id, so that a debug file alone names code: many
/// debuginfod servers have no executables. What was used least is forgotten when the budget is reached, and
/// everything at the end of the process. Thread-safe.
public final class LayoutCache {
    /// Heap of an entry without its segments, and of a segment.
    private static final int ENTRY_BYTES = 300;

    private static final int SEGMENT_BYTES = 96;

    /// By build-id in the form that look-ups compare ([BuildId#unpadded]).
    private final Cache<BuildId, KnownLayout> layouts;

    /// @param maxBytes heap to use at most, roughly
    public LayoutCache(long maxBytes) {
        this.layouts = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .<BuildId, KnownLayout>weigher((buildId, known) ->
                        ENTRY_BYTES + SEGMENT_BYTES * known.layout().segments().size())
                .executor(Runnable::run)
                .build();
    }

    /// What showed a layout; the first one counts most.
    public enum LayoutSource {
        /// A file that was held, here or in a folder.
        FILE,
        /// A file of this host that a process has mapped.
        PROCESS,
        /// The head of a file, from a batch.
        HEAD,
        /// Two that count alike contradict one another, so that there are no segments to use.
        CONTESTED
    }

    /// @param layout has no segments where it is contested
    record KnownLayout(Layout.Linked layout, LayoutSource source) {}

    /// How [#add] changed what is known.
    enum Change {
        NONE,
        /// Other segments than before are known now.
        KNOWN,
        CONTESTED
    }

    /// Remembers a layout unless one is known that counts as much or more.
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

    /// Returns the layout that is known, if it contradicts none of the files that are held.
    Optional<Layout.Linked> agreeing(BuildId buildId, List<Layout> held) {
        return get(buildId)
                .map(KnownLayout::layout)
                .filter(layout -> held.stream()
                        .allMatch(other -> layout.contradictionTo(other).isEmpty()));
    }

    /// Heap that it takes, roughly.
    public long bytes() {
        return layouts.policy()
                .eviction()
                .map(Policy.Eviction::weightedSize)
                .map(size -> size.orElse(0))
                .orElse(0L);
    }
}
