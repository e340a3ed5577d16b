package dev.stackmapd.artifact;

import dev.stackmapd.artifact.disk.Artifact;
import dev.stackmapd.artifact.disk.Lease;
import dev.stackmapd.artifact.disk.Origin;
import dev.stackmapd.elfcore.elf.LoadSegment;
import java.util.List;

/// The files of one build-id on this host. Files of the store are kept at their paths until this is
/// closed.
///
/// Thread-safe.
public final class HeldFiles implements AutoCloseable {
    private final List<Artifact> files;
    private final List<Artifact.Binary> packages;
    private final List<Lease> leases;
    private final List<LoadSegment> segments;

    /// @param files best names first, damaged ones last
    /// @param packages of split units (`.dwp`); at most one
    /// @param leases of those that are the store's
    /// @param segments of the executable
    HeldFiles(List<Artifact> files, List<Artifact.Binary> packages, List<Lease> leases, List<LoadSegment> segments) {
        this.files = List.copyOf(files);
        this.packages = List.copyOf(packages);
        this.leases = List.copyOf(leases);
        this.segments = List.copyOf(segments);
    }

    /// Returns the files with the best symbols first, damaged ones last.
    public List<Artifact> files() {
        return files;
    }

    /// Returns the package of split units (`.dwp`), at most one.
    public List<Artifact.Binary> packages() {
        return packages;
    }

    /// Returns the executable's executable segments, also if no file has code: from a debug file that
    /// has kept them, or as they were seen elsewhere; empty if they are unknown.
    public List<LoadSegment> segments() {
        return segments;
    }

    /// Returns the IMA signature that an upstream sent with a file; empty if the file is not from an
    /// upstream, or it sent none.
    public String imaSignature(Artifact.Binary file) {
        return leases.stream()
                .filter(lease -> lease.path().equals(file.path()))
                .map(lease ->
                        lease.artifact().origin() instanceof Origin.Debuginfod fetched ? fetched.imaSignature() : "")
                .findFirst()
                .orElse("");
    }

    /// Returns true if a file of the store was found to be damaged since.
    boolean isDamaged() {
        return leases.stream().anyMatch(Lease::isDamaged);
    }

    /// A second call does nothing.
    @Override
    public void close() {
        leases.forEach(Lease::close);
    }
}
