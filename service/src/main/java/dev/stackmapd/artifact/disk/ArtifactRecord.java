package dev.stackmapd.artifact.disk;

import dev.stackmapd.artifact.disk.Artifact.Code;
import dev.stackmapd.artifact.disk.Artifact.Symbols;
import dev.stackmapd.elfcore.elf.BuildId;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/// The record beside a stored file: ASCII, one fact per line, each terminated by `\n`, in this order:
///
/// ```text
/// stackmapd-artifact 5
/// build-id <hex> | htlhash:<hex>
/// htlhash <hex>
/// content <name of the file>
/// size <bytes>
/// origin upload <PUT | PYROSCOPE> <address> <sender> | debuginfod <upstream> | recovered
/// ima <hex digits>                   where the upstream sent a signature
/// keeping RENEWABLE | ONLY_COPY
/// code PRESENT | ABSENT
/// symbols DEBUG_INFORMATION | SYMTAB | DYNSYM | NONE
/// amount <decimal>
/// layout <as LayoutLine has it>
/// stored <RFC 3339>
/// used <RFC 3339>
/// uses <decimal>
/// verified <RFC 3339> <time of the file, RFC 3339> <inode, decimal>
/// crc32c <8 hex digits, of everything before this line>
/// ```
///
/// Version 2 has the layout, so that a restart reads no file to compare others with it. Version 3 has
/// the route and the sender of an upload, so that they can be shown, and what the file was like when its
/// bytes last had their digest, so that one that has changed is noticed when it is opened. Version 4 has
/// the IMA signature that an upstream sent with the file, because clients that enforce it take no file
/// without. Version 5 has the htlhash, so that a restart reads no file to find it by that. Records of
/// earlier versions are not read: such a file gets a new record, like one whose record is broken. Kind
/// and digest stand in the content's name.
///
/// @param verified the last comparison of the file with its digest
record ArtifactRecord(
        HeldArtifact artifact, ContentName content, Replaceability replaceability, Verification verified) {
    /// Bytes of a record, at most.
    static final int MAX_BYTES = 8192;

    private static final String FIRST_LINE = "stackmapd-artifact 5\n";
    private static final String CHECKSUM = "crc32c ";
    private static final int CHECKSUM_LINE = CHECKSUM.length() + 8 + 1;

    ArtifactRecord {
        if (content.kind() != artifact.kind() || !content.sha256().equals(artifact.sha256())) {
            throw new IllegalArgumentException("the content is another one");
        }
        if (verified.state().size() != artifact.size()) {
            throw new IllegalArgumentException("a file of another size was verified");
        }
    }

    byte[] encode() {
        return text().getBytes(StandardCharsets.US_ASCII);
    }

    private String text() {
        StringBuilder text = new StringBuilder(FIRST_LINE);
        line(text, "build-id", artifact.buildId().toString());
        line(text, "htlhash", artifact.htlhash().hex());
        line(text, "content", content.text());
        line(text, "size", Long.toString(artifact.size()));
        line(text, "origin", text(artifact.origin()));
        if (artifact.origin() instanceof Origin.Debuginfod fetched
                && !fetched.imaSignature().isEmpty()) {
            line(text, "ima", fetched.imaSignature());
        }
        line(text, "keeping", replaceability.name());
        line(text, "code", artifact.code().name());
        line(text, "symbols", artifact.quality().symbols().name());
        line(text, "amount", Long.toString(artifact.quality().amount()));
        line(text, "layout", LayoutLine.write(artifact.layout()));
        line(text, "stored", artifact.stored().toString());
        line(text, "used", artifact.used().toString());
        line(text, "uses", Long.toString(artifact.uses()));
        line(text, "verified", text(verified));
        return text.append(checksumLine(text.toString())).toString();
    }

    /// Decodes a record; empty if this version does not write these bytes.
    static Optional<ArtifactRecord> decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.length() - CHECKSUM_LINE;
        if (end < FIRST_LINE.length()
                || !text.startsWith(FIRST_LINE)
                || !text.substring(end).equals(checksumLine(text.substring(0, end)))) {
            return Optional.empty();
        }
        try {
            ArtifactRecord record = of(facts(text.substring(FIRST_LINE.length(), end)));
            return text.equals(record.text()) ? Optional.of(record) : Optional.empty();
        } catch (IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Map<String, String> facts(String lines) {
        Map<String, String> facts = new HashMap<>();
        lines.lines().forEach(line -> {
            int space = line.indexOf(' ');
            facts.put(line.substring(0, Math.max(space, 0)), line.substring(space + 1));
        });
        return facts;
    }

    private static ArtifactRecord of(Map<String, String> facts) {
        ContentName content = require(ContentName.parse(fact(facts, "content")));
        HeldArtifact artifact = new HeldArtifact(
                require(BuildId.parse(fact(facts, "build-id"))),
                require(BuildId.parseHtlhash(fact(facts, "htlhash"))),
                content.kind(),
                origin(fact(facts, "origin"), facts.getOrDefault("ima", "")),
                content.sha256(),
                Long.parseLong(fact(facts, "size")),
                Code.valueOf(fact(facts, "code")),
                new Quality(Symbols.valueOf(fact(facts, "symbols")), Long.parseLong(fact(facts, "amount"))),
                LayoutLine.read(fact(facts, "layout")),
                Instant.parse(fact(facts, "stored")),
                Instant.parse(fact(facts, "used")),
                Long.parseLong(fact(facts, "uses")));
        return new ArtifactRecord(
                artifact,
                content,
                Replaceability.valueOf(fact(facts, "keeping")),
                verified(fact(facts, "verified"), artifact.size()));
    }

    private static String text(Verification verified) {
        return "%s %s %s"
                .formatted(
                        verified.at(),
                        verified.state().modified(),
                        Long.toUnsignedString(verified.state().inode()));
    }

    private static Verification verified(String text, long size) {
        String[] parts = text.split(" ", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("no time, time and inode");
        }
        return new Verification(
                new FileState(size, Instant.parse(parts[1]), Long.parseUnsignedLong(parts[2])),
                Instant.parse(parts[0]));
    }

    private static String fact(Map<String, String> facts, String name) {
        return require(Optional.ofNullable(facts.get(name)));
    }

    private static <T> T require(Optional<T> value) {
        return value.orElseThrow(() -> new IllegalArgumentException("a fact is missing or has not its form"));
    }

    private static String text(Origin origin) {
        return switch (origin) {
            case Origin.Upload(Origin.Route route, String address, String sender) ->
                "upload %s %s %s".formatted(route, address, sender);
            case Origin.Debuginfod debuginfod -> "debuginfod " + debuginfod.upstream();
            case Origin.Recovered recovered -> "recovered";
        };
    }

    private static Origin origin(String text, String imaSignature) {
        if (text.startsWith("upload ")) {
            String[] parts = text.split(" ", 4);
            if (parts.length < 4) {
                throw new IllegalArgumentException("no route, address and sender");
            }
            return new Origin.Upload(Origin.Route.valueOf(parts[1]), parts[2], parts[3]);
        }
        return text.startsWith("debuginfod ")
                ? new Origin.Debuginfod(text.substring("debuginfod ".length()), imaSignature)
                : new Origin.Recovered();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(name).append(' ').append(value).append('\n');
    }

    private static String checksumLine(String before) {
        CRC32C crc = new CRC32C();
        crc.update(before.getBytes(StandardCharsets.ISO_8859_1));
        return "%s%08x\n".formatted(CHECKSUM, crc.getValue());
    }

    /// A successful comparison of a file's bytes with their digest.
    ///
    /// @param state the file's state at that time; while the state is the same, the bytes are taken to
    ///     be unchanged
    /// @param at the time of the comparison
    record Verification(FileState state, Instant at) {}

    /// Tells if the bytes of a stored file can be fetched again.
    enum Replaceability {
        /// They were fetched, and did not replace a file with bytes of another origin.
        RENEWABLE,
        /// They, or the bytes that they replaced, were uploaded or are of unknown origin: after an
        /// eviction nothing would remain of what a client sent.
        ONLY_COPY;

        static Replaceability of(Origin origin) {
            return switch (origin) {
                case Origin.Upload upload -> ONLY_COPY;
                case Origin.Recovered recovered -> ONLY_COPY;
                case Origin.Debuginfod debuginfod -> RENEWABLE;
            };
        }

        /// Returns the replaceability of a file that replaces another one, or has the same bytes.
        Replaceability and(Replaceability other) {
            return this == ONLY_COPY ? this : other;
        }
    }
}
