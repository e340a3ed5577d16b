package dev.stackmapd.resolve;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.process.Vma;

/// A mapped file that an address was found in, and what came of asking for its build-id.
///
/// @param vma the first mapping of the file that was met
public record MappedBinary(Vma vma, Resolution resolution) {
    public MappedBinary {
        requireNonNull(vma, "vma");
        requireNonNull(resolution, "resolution");
    }
}
