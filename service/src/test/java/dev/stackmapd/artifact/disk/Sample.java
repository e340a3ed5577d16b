package dev.stackmapd.artifact.disk;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HexFormat;

/// A real binary, and others like it: only the bytes of the build-id, the name of a section, or bytes behind
/// everything that ELF speaks of differ.
record Sample(BuildId buildId, ArtifactKind kind, String hex) {
    static Sample executable() throws IOException {
        return of("sizes", "sizes", ArtifactKind.EXECUTABLE);
    }

    static Sample debugFile() throws IOException {
        return of("split/stripped.debug", "split.stripped", ArtifactKind.DEBUGINFO);
    }

    /// The build-id was printed by readelf.
    static Sample of(String fixture, String expected, ArtifactKind kind) throws IOException {
        String id = Files.readString(Fixtures.path("expected/" + expected + ".buildid"))
                .strip();
        byte[] bytes = Files.readAllBytes(Fixtures.path("binaries/" + fixture));
        return new Sample(BuildId.parse(id).orElseThrow(), kind, HexFormat.of().formatHex(bytes));
    }

    byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    long size() {
        return hex.length() / 2;
    }

    long cost() {
        return size() + DiskBudget.OVERHEAD;
    }

    ArtifactKey key() {
        return new ArtifactKey(buildId, kind);
    }

    /// The same code as another build-id.
    Sample numbered(int number) {
        String other = "%0" + buildId.hex().length() + "x";
        String id = other.formatted(number + 1);
        return new Sample(BuildId.parse(id).orElseThrow(), kind, hex.replace(buildId.hex(), id));
    }

    /// The same with its debug information out of sight, so that `.symtab` is the best there is.
    Sample worse() {
        return renamed(".debug_info\0", ".hidden_info");
    }

    /// The same for every reader, with other bytes.
    Sample padded(int padding) {
        return new Sample(buildId, kind, hex + "%02x".formatted(padding));
    }

    @Override
    public String toString() {
        return "%s %s, %d bytes, hash %x".formatted(kind, buildId.hex(), size(), hex.hashCode());
    }

    private Sample renamed(String section, String other) {
        String from = HexFormat.of().formatHex(section.getBytes(StandardCharsets.US_ASCII));
        String to = HexFormat.of()
                .formatHex((other.substring(0, section.length() - 1) + "\0").getBytes(StandardCharsets.US_ASCII));
        if (!hex.contains(from)) {
            throw new IllegalArgumentException("no " + section);
        }
        return new Sample(buildId, kind, hex.replace(from, to));
    }
}
