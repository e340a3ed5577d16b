package dev.stackmapd.artifact.describe;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.fornwall.jelf.BackingFile;
import net.fornwall.jelf.ElfDynamicSection;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfSectionHeader;
import net.fornwall.jelf.ElfSegment;
import org.jspecify.annotations.Nullable;

/// A description of a binary for people. It is read by jelf, which is not made for hostile files: jelf
/// gets only files whose headers our own reader has checked, and a limited number of their bytes.
///
/// @param elfClass `ELF32` or `ELF64`
/// @param byteOrder `little` or `big`
/// @param type `REL`, `EXEC`, `DYN`, `CORE` or a number
/// @param machine the usual name, or a number
/// @param entry address at which it starts, `0x…`
/// @param interpreter the dynamic loader that it asks for
/// @param needed libraries that it needs, in their order
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ElfDescription(
        String elfClass,
        String byteOrder,
        String type,
        String machine,
        String entry,
        @Nullable String interpreter,
        List<String> needed,
        List<Segment> segments,
        List<Section> sections) {
    /// The limit of bytes that jelf may read of one file: its headers, names and notes.
    private static final long MAX_READ = 16 << 20;
    /// The limit of entries in the description.
    private static final int MAX_SECTIONS = 1_000;

    private static final int DATA_MSB = 2;

    /// @param type `LOAD`, `NOTE`, … or a number
    /// @param flags as `readelf` writes them, e.g. `R E`
    public record Segment(
            String type, String offset, String address, String fileSize, String memorySize, String flags) {}

    public record Section(String name, String type, String address, String offset, String size) {}

    /// Returns the description; empty if the file is too large, has too many sections, or jelf cannot
    /// read it.
    public static Optional<ElfDescription> of(Path path) throws IOException {
        try (dev.stackmapd.elfcore.elf.ElfFile checked =
                        dev.stackmapd.elfcore.elf.ElfFile.open(path, ParseLimits.DEFAULT);
                FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE || checked.sectionCount() > MAX_SECTIONS) {
                return Optional.empty();
            }
            checked.requireTables(MAX_READ / 2);
            return Optional.of(describe(ElfFile.from(new Window(channel)), checked));
        } catch (MalformedBinaryException e) {
            return Optional.empty();
        } catch (RuntimeException e) {
            // jelf throws many exceptions for malformed files: bounds, casts, negative sizes.
            return Optional.empty();
        }
    }

    private static ElfDescription describe(ElfFile file, dev.stackmapd.elfcore.elf.ElfFile checked) {
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < checked.programHeaderCount(); i++) {
            segments.add(segment(file.getProgramHeader(i)));
        }
        List<Section> sections = new ArrayList<>();
        for (int i = 1; i < checked.sectionCount(); i++) {
            sections.add(section(file.getSection(i).header));
        }
        ElfDynamicSection dynamic = file.getDynamicSection();
        return new ElfDescription(
                file.is32Bits() ? "ELF32" : "ELF64",
                file.ei_data == DATA_MSB ? "big" : "little",
                ElfNames.fileType(file.e_type),
                ElfNames.machine(Short.toUnsignedInt(file.e_machine)),
                hex(file.e_entry),
                file.getInterpreter(),
                dynamic == null ? List.of() : List.copyOf(dynamic.getNeededLibraries()),
                segments,
                sections);
    }

    private static Segment segment(ElfSegment segment) {
        String flags = (segment.isReadable() ? "R" : " ")
                + (segment.isWriteable() ? "W" : " ")
                + (segment.isExecutable() ? "E" : " ");
        return new Segment(
                ElfNames.segmentType(segment.p_type),
                hex(segment.p_offset),
                hex(segment.p_vaddr),
                hex(segment.p_filesz),
                hex(segment.p_memsz),
                flags);
    }

    private static Section section(ElfSectionHeader header) {
        return new Section(
                header.getName(),
                ElfNames.sectionType(header.sh_type),
                hex(header.sh_addr),
                hex(header.sh_offset),
                hex(header.sh_size));
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    /// Gives jelf a limited number of bytes, wherever it reads them. It reads byte by byte.
    private static final class Window implements BackingFile {
        private final FileChannel channel;
        private final ByteBuffer near = ByteBuffer.allocate(1 << 13).limit(0);
        private long nearStart;
        private long at;
        private long left = MAX_READ;

        Window(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void seek(long offset) {
            at = offset;
        }

        @Override
        public void skip(int bytes) {
            at += bytes;
        }

        @Override
        public short readUnsignedByte() {
            spend(1);
            if (at < nearStart || at >= nearStart + near.limit()) {
                fill(near.clear(), at);
                near.flip();
                nearStart = at;
            }
            if (!near.hasRemaining()) {
                throw new IllegalStateException("jelf reads behind the end");
            }
            return (short) Byte.toUnsignedInt(near.get((int) (at++ - nearStart)));
        }

        @Override
        public int read(byte[] into) {
            spend(into.length);
            ByteBuffer buffer = ByteBuffer.wrap(into);
            fill(buffer, at);
            at += buffer.position();
            return buffer.position();
        }

        private void spend(int bytes) {
            left -= bytes;
            if (left < 0) {
                throw new IllegalStateException("jelf reads more than it is given");
            }
        }

        private void fill(ByteBuffer buffer, long from) {
            try {
                int read = 0;
                while (buffer.hasRemaining() && read >= 0) {
                    read = channel.read(buffer, from + buffer.position());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
