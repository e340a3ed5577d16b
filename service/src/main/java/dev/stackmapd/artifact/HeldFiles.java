package dev.stackmapd.artifact;

import dev.stackmapd.artifact.disk.Artifact;
import dev.stackmapd.artifact.disk.Lease;
import dev.stackmapd.artifact.disk.Origin;
import dev.stackmapd.elfcore.elf.LoadSegment;
import java.util.List;

/// The files of one build-id that are on this host. Those of the store stay where they are until this is closed.
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

    /// Those with the best names first, damaged ones last.
    public List<Artifact> files() {
        return files;
    }

    /// The package of split units (`.dwp`); at most one.
    public List<Artifact.Binary> packages() {
        return packages;
    }

    /// The executable's executable segments, for where none of the files has code: as a debug file has kept them, or as
    /// they were seen elsewhere; empty where they are not known.
    public List<LoadSegment> segments() {
        return segments;
    }

    /// Returns the IMA signature that an upstream sent with a file; empty where the file's bytes are not an
    /// upstream's, or it sent none.
    public String imaSignature(Artifact.Binary file) {
        return leases.stream()
                .filter(lease -> lease.path().equals(file.path()))
                .map(lease ->
                        lease.artifact().origin() instanceof Origin.Debuginfod fetched ? fetched.imaSignature() : "")
                .findFirst()
                .orElse("");
    }

    /// Returns true if bytes of a file of the store proved since to have changed on the disk.
    boolean isDamaged() {
        return leases.stream().anyMatch(Lease::isDamaged);
    }

    /// A second call does nothing.
    @Override
    public void close() {
        leases.forEach(Lease::close);
    }
}
