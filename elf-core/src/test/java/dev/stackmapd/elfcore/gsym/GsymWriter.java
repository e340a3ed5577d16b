package dev.stackmapd.elfcore.gsym;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.index.FrameCursor;
import dev.stackmapd.elfcore.index.SymbolIndex;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Writes the answers of a symbol index as a GSYM file of version 1, little-endian. Columns, languages,
/// declaration lines, code of no named function and inlined calls at an unknown place are lost. The
/// whole file is built in memory, about as large as the index.
public final class GsymWriter {
    /// The limit of an array: each of the two parts of a file is built in one.
    private static final long LARGEST = Integer.MAX_VALUE - (1L << 20);

    private final SymbolIndex index;
    private final GsymTables tables;
    private final Bytes infos = new Bytes();

    private GsymWriter(SymbolIndex index) throws MalformedBinaryException {
        this.index = index;
        this.tables = new GsymTables(index);
    }

    /// @param target replaced once the file is complete; a build-id of more than 20 bytes is left out
    public static GsymWriting write(SymbolIndex index, Path target) throws IOException, MalformedBinaryException {
        GsymWriter writer = new GsymWriter(index);
        if (!writer.gather()) {
            return new GsymWriting.TooLarge("function infos of more than " + LARGEST + " bytes");
        }
        BuildId id = index.origin().buildId();
        Bytes head = writer.tables.head(id.length() <= Gsym.MAX_UUID_BYTES ? id.toBytes() : new byte[0]);
        Path temporary = Files.createTempFile(target.toAbsolutePath().getParent(), "gsym", ".tmp");
        try {
            try (OutputStream out = Files.newOutputStream(temporary)) {
                out.write(head.array(), 0, head.size());
                out.write(writer.infos.array(), 0, writer.infos.size());
            }
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return new GsymWriting.Written((long) head.size() + writer.infos.size(), writer.tables.functions());
    }

    /// Iterates over all answers by address.
    ///
    /// @return true if there was enough space for them
    private boolean gather() throws MalformedBinaryException {
        FunctionWriter function = new FunctionWriter(tables);
        FrameCursor answer = new FrameCursor();
        long end = index.base() + index.span();
        for (long at = index.base(); at != end && infos.size() < LARGEST; at = answer.end()) {
            int frames = index.find(at, answer);
            boolean named = frames > 0 && hasName(answer.function(frames - 1));
            if (function.isOpen() && !(named && function.continues(answer, at))) {
                function.finish(infos);
            }
            if (named) {
                if (!function.isOpen()) {
                    function.begin(answer, at);
                }
                function.add(answer, at, answer.end());
            }
        }
        if (function.isOpen()) {
            function.finish(infos);
        }
        return infos.size() < LARGEST;
    }

    private boolean hasName(int function) {
        return function != SymbolIndex.NO_FUNCTION && tables.function(function) != 0;
    }
}
