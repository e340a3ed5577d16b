package dev.stackmapd.artifact.disk;

import dev.stackmapd.artifact.Artifact.Code;
import dev.stackmapd.artifact.Artifact.Symbols;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.Layout;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/// What is written beside a stored file, ASCII, one fact a line, each ended by `\n`, in this order:
///
/// ```text
/// stackmapd-artifact 2
/// build-id <hex>
/// content <name of the file>
/// size <bytes>
/// origin upload <by> | debuginfod <upstream> | recovered
/// keeping RENEWABLE | ONLY_COPY
/// code PRESENT | ABSENT
/// symbols DEBUG_INFORMATION | SYMTAB | DYNSYM | NONE
/// amount <decimal>
/// layout <as LayoutLine has it>
/// stored <RFC 3339>
/// used <RFC 3339>
/// uses <decimal>
/// crc32c <8 hex digits, of everything before this line>
/// ```
///
/// Version 2 has the layout, so that a restart reads no file to compare others with it; a record of version 1
/// is read with a layout that says nothing. Kind and digest stand in the content's name.
record ArtifactRecord(HeldArtifact artifact, ContentName content, Keeping keeping) {
    /// Bytes of a record, at most.
    static final int MAX_BYTES = 4096;

    private static final String FIRST_LINE = "stackmapd-artifact 2\n";
    private static final String FIRST_LINE_1 = "stackmapd-artifact 1\n";
    private static final String CHECKSUM = "crc32c ";
    private static final int CHECKSUM_LINE = CHECKSUM.length() + 8 + 1;

    ArtifactRecord {
        if (content.kind() != artifact.kind() || !content.sha256().equals(artifact.sha256())) {
            throw new IllegalArgumentException("the content is another one");
        }
    }

    byte[] encode() {
        return encode(FIRST_LINE);
    }

    private byte[] encode(String firstLine) {
        StringBuilder text = new StringBuilder(firstLine);
        line(text, "build-id", artifact.buildId().hex());
        line(text, "content", content.text());
        line(text, "size", Long.toString(artifact.size()));
        line(text, "origin", text(artifact.origin()));
        line(text, "keeping", keeping.name());
        line(text, "code", artifact.code().name());
        line(text, "symbols", artifact.quality().symbols().name());
        line(text, "amount", Long.toString(artifact.quality().amount()));
        if (firstLine.equals(FIRST_LINE)) {
            line(text, "layout", LayoutLine.write(artifact.layout()));
        }
        line(text, "stored", artifact.stored().toString());
        line(text, "used", artifact.used().toString());
        line(text, "uses", Long.toString(artifact.uses()));
        return text.append(checksumLine(text.toString())).toString().getBytes(StandardCharsets.US_ASCII);
    }

    /// Empty for anything that this or an earlier version does not write.
    static Optional<ArtifactRecord> decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.length() - CHECKSUM_LINE;
        String firstLine = text.startsWith(FIRST_LINE_1) ? FIRST_LINE_1 : FIRST_LINE;
        if (end < 0
                || !text.startsWith(firstLine)
                || !text.substring(end).equals(checksumLine(text.substring(0, end)))) {
            return Optional.empty();
        }
        try {
            ArtifactRecord record = of(facts(text.substring(firstLine.length(), end)));
            return text.equals(new String(record.encode(firstLine), StandardCharsets.ISO_8859_1))
                    ? Optional.of(record)
                    : Optional.empty();
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
                content.kind(),
                origin(fact(facts, "origin")),
                content.sha256(),
                Long.parseLong(fact(facts, "size")),
                Code.valueOf(fact(facts, "code")),
                new Quality(Symbols.valueOf(fact(facts, "symbols")), Long.parseLong(fact(facts, "amount"))),
                facts.containsKey("layout") ? LayoutLine.read(fact(facts, "layout")) : Layout.Linked.UNKNOWN,
                Instant.parse(fact(facts, "stored")),
                Instant.parse(fact(facts, "used")),
                Long.parseLong(fact(facts, "uses")));
        return new ArtifactRecord(artifact, content, Keeping.valueOf(fact(facts, "keeping")));
    }

    private static String fact(Map<String, String> facts, String name) {
        return require(Optional.ofNullable(facts.get(name)));
    }

    private static <T> T require(Optional<T> value) {
        return value.orElseThrow(() -> new IllegalArgumentException("a fact is missing or has not its form"));
    }

    private static String text(Origin origin) {
        return switch (origin) {
            case Origin.Upload upload -> "upload " + upload.by();
            case Origin.Debuginfod debuginfod -> "debuginfod " + debuginfod.upstream();
            case Origin.Recovered recovered -> "recovered";
        };
    }

    private static Origin origin(String text) {
        if (text.startsWith("upload ")) {
            return new Origin.Upload(text.substring("upload ".length()));
        }
        return text.startsWith("debuginfod ")
                ? new Origin.Debuginfod(text.substring("debuginfod ".length()))
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
}
