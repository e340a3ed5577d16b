package dev.stackmapd.kernelmap;

import dev.stackmapd.kernelmap.KernelStackMap.Creation;
import dev.stackmapd.stack.FrameBases;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The registry of kernel maps by name, which share a budget of memory. Thread-safe.
public final class KernelStackMaps {
    private final FrameBases bases;
    private final long maxBytes;
    private final Map<String, KernelStackMap> maps = new HashMap<>(); // guarded by this
    private long bytes; // guarded by this

    /// @param bases the dictionary of the numbers in translated stacks
    /// @param maxBytes maximum size of all maps together, see [KernelMapAttributes#bytes]
    public KernelStackMaps(FrameBases bases, long maxBytes) {
        this.bases = bases;
        this.maxBytes = maxBytes;
    }

    /// Returns a claim on the dictionary for one batch that is translated for a map. It must be open
    /// until the batch is inserted.
    public FrameBases.Claim bases() {
        return bases.claim();
    }

    /// The result of the creation of a map with a name.
    public sealed interface NamedCreation {
        record Created(KernelStackMap map) implements NamedCreation {}

        /// A map with this name and the same attributes exists.
        record Same(KernelStackMap map) implements NamedCreation {}

        /// A map with this name and other attributes exists.
        record Different(KernelStackMap map) implements NamedCreation {}

        record Refused(KernelError error) implements NamedCreation {}
    }

    /// Creates a map unless one with this name exists.
    public synchronized NamedCreation create(String name, KernelMapAttributes attributes) {
        KernelStackMap known = maps.get(name);
        if (known != null) {
            return known.attributes().equals(attributes)
                    ? new NamedCreation.Same(known)
                    : new NamedCreation.Different(known);
        }
        return switch (KernelStackMap.create(
                attributes, KernelMapAttributes.DEFAULT_DEPTH_LIMIT, maxBytes - bytes, bases)) {
            case Creation.Refused refused -> new NamedCreation.Refused(refused.error());
            case Creation.Created created -> {
                maps.put(name, created.map());
                bytes += attributes.bytes();
                yield new NamedCreation.Created(created.map());
            }
        };
    }

    public synchronized Optional<KernelStackMap> find(String name) {
        return Optional.ofNullable(maps.get(name));
    }

    /// Removes a map from the registry. Operations that run on it complete normally (MAP-48).
    ///
    /// @return false if there is no such map
    public synchronized boolean drop(String name) {
        KernelStackMap dropped = maps.remove(name);
        if (dropped == null) {
            return false;
        }
        bytes -= dropped.attributes().bytes();
        return true;
    }

    /// Returns the current number of maps.
    public synchronized int size() {
        return maps.size();
    }

    /// Returns the total of the maximum sizes of all maps.
    public synchronized long bytes() {
        return bytes;
    }
}
