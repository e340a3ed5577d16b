package dev.stackmapd.kernelmap;

import dev.stackmapd.stack.FrameBases;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Kernel maps by name, within one budget of memory. Thread-safe.
public final class KernelStackMaps {
    private final FrameBases bases;
    private final long maxBytes;
    private final Map<String, KernelStackMap> maps = new HashMap<>(); // guarded by this
    private long bytes; // guarded by this

    /// @param bases gives the numbers in what translations return
    /// @param maxBytes what all maps may come to take together, see [KernelMapAttributes#bytes]
    public KernelStackMaps(FrameBases bases, long maxBytes) {
        this.bases = bases;
        this.maxBytes = maxBytes;
    }

    /// Begins to number the bases of one batch that is translated for a map. They are needed until the batch is in.
    public FrameBases.Claim bases() {
        return bases.claim();
    }

    /// The outcome of asking for a map by name.
    public sealed interface NamedCreation {
        record Created(KernelStackMap map) implements NamedCreation {}

        /// It exists, and just so.
        record Same(KernelStackMap map) implements NamedCreation {}

        /// It exists with other attributes.
        record Different(KernelStackMap map) implements NamedCreation {}

        record Refused(KernelError error) implements NamedCreation {}
    }

    /// Makes a map unless it exists.
    public synchronized NamedCreation create(String name, KernelMapAttributes attributes) {
        KernelStackMap known = maps.get(name);
        if (known != null) {
            return known.attributes().equals(attributes)
                    ? new NamedCreation.Same(known)
                    : new NamedCreation.Different(known);
        }
        return switch (KernelStackMap.create(
                attributes, KernelMapAttributes.DEFAULT_DEPTH_LIMIT, maxBytes - bytes, bases)) {
            case KernelMapCreation.Refused refused -> new NamedCreation.Refused(refused.error());
            case KernelMapCreation.Created created -> {
                maps.put(name, created.map());
                bytes += attributes.bytes();
                yield new NamedCreation.Created(created.map());
            }
        };
    }

    public synchronized Optional<KernelStackMap> find(String name) {
        return Optional.ofNullable(maps.get(name));
    }

    /// Drops a map; whoever still holds it goes on with it alone (MAP-48).
    ///
    /// @return whether there was one
    public synchronized boolean drop(String name) {
        KernelStackMap dropped = maps.remove(name);
        if (dropped == null) {
            return false;
        }
        bytes -= dropped.attributes().bytes();
        return true;
    }

    /// Maps there now.
    public synchronized int size() {
        return maps.size();
    }

    /// What they may come to take together.
    public synchronized long bytes() {
        return bytes;
    }
}
