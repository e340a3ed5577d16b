package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.GrowingBytes;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.MappedBytes;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The debug sections of one file as plain bytes: inflated and relocated where needed, each once.
///
/// Owns what it inflates. All sections of one file share one limit. Thread-safe; who needs a section that another
/// thread inflates waits for it.
final class DebugSections implements AutoCloseable {
    private static final String PREFIX = ".debug_";
    private static final String GNU_PREFIX = ".zdebug_";

    private final MappedBytes file;
    private final ElfHeader header;
    private final SectionTable sections;
    private final ParseLimits limits;
    private final Map<String, Optional<ByteExtent>> ready = new HashMap<>();
    private final List<MappedBytes> owned = new ArrayList<>();
    private long inflatedBytes;

    DebugSections(MappedBytes file, ElfHeader header, SectionTable sections, ParseLimits limits) {
        this.file = file;
        this.header = header;
        this.sections = sections;
        this.limits = limits;
    }

    /// A section that cannot be read is an error on every call, and is tried again on every call.
    synchronized Optional<ByteExtent> get(String name) throws MalformedBinaryException {
        Optional<ByteExtent> known = ready.get(name);
        if (known == null) {
            known = load(name);
            ready.put(name, known);
        }
        return known;
    }

    private Optional<ByteExtent> load(String name) throws MalformedBinaryException {
        Optional<Section> plain = findOutsideGroups(name);
        if (plain.isPresent()) {
            return Optional.of(relocated(plain.get(), inflated(plain.get(), name), name));
        }
        if (!name.startsWith(PREFIX)) {
            return Optional.empty();
        }
        String gnuName = GNU_PREFIX + name.substring(PREFIX.length());
        Optional<Section> gnu = sections.find(gnuName);
        return gnu.isEmpty()
                ? Optional.empty()
                : Optional.of(relocated(gnu.get(), gnuInflated(gnu.get(), gnuName), name));
    }

    /// A relocatable file may have several sections of one name: those in a group are type units, which no address
    /// needs.
    private Optional<Section> findOutsideGroups(String name) throws MalformedBinaryException {
        Optional<Section> outside = sections.find(name, section -> (section.flags() & ElfConstants.SHF_GROUP) == 0);
        return outside.isPresent() ? outside : sections.find(name);
    }

    private ByteExtent inflated(Section section, String name) throws MalformedBinaryException {
        ByteExtent stored = stored(section, name);
        if ((section.flags() & ElfConstants.SHF_COMPRESSED) == 0) {
            return stored;
        }
        Cursor from = stored.cursor();
        int type = (int) from.u32("ch_type");
        if (header.elfClass() == ElfClass.ELF64) {
            from.skip(4, "ch_reserved");
        }
        long size = header.elfClass().word(from, "ch_size");
        header.elfClass().word(from, "ch_addralign");
        return switch (type) {
            case ElfConstants.ELFCOMPRESS_ZLIB -> keep(from, size, name, Inflation.ZLIB);
            case ElfConstants.ELFCOMPRESS_ZSTD -> keep(from, size, name, Inflation.ZSTD);
            default -> throw from.malformed("ch_type is " + Integer.toUnsignedString(type));
        };
    }

    /// `.zdebug_*`: `ZLIB`, the size as eight bytes in big-endian order, a zlib stream.
    private ByteExtent gnuInflated(Section section, String name) throws MalformedBinaryException {
        Cursor from = stored(section, name).cursor();
        if (from.u8("magic") != 'Z' || from.u8("magic") != 'L' || from.u8("magic") != 'I' || from.u8("magic") != 'B') {
            throw from.malformed("no ZLIB magic");
        }
        long size = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            size = size << Byte.SIZE | from.u8("uncompressed size");
        }
        return keep(from, size, name, Inflation.ZLIB);
    }

    private ByteExtent keep(Cursor from, long size, String name, Inflation inflation) throws MalformedBinaryException {
        long limit = limits.maxInflatedBytes() - inflatedBytes;
        if (Long.compareUnsigned(size, limit) > 0) {
            throw from.malformed(
                    "ch_size is " + Long.toUnsignedString(size) + ", " + limit + " bytes are left of the limit");
        }
        return keep(inflation.inflate(from, size, file.source() + ' ' + name + " inflated"), name);
    }

    private ByteExtent keep(MappedBytes filled, String name) throws MalformedBinaryException {
        owned.add(filled);
        inflatedBytes += filled.size();
        return filled.extent(0, filled.size(), header.order(), name);
    }

    private ByteExtent relocated(Section section, ByteExtent contents, String name) throws MalformedBinaryException {
        if (header.type() != ElfConstants.ET_REL) {
            return contents;
        }
        Optional<Section> table = sections.relocationsOf(section);
        if (table.isEmpty()) {
            return contents;
        }
        long limit = limits.maxInflatedBytes() - inflatedBytes;
        try (GrowingBytes copy = new GrowingBytes(file.source(), Math.min(contents.size(), limit), limit)) {
            copy.append(contents.cursor());
            new Relocations(file, header, sections).apply(table.get(), copy);
            return keep(copy.finish(), name);
        }
    }

    private ByteExtent stored(Section section, String name) throws MalformedBinaryException {
        return section.type() == ElfConstants.SHT_NOBITS
                ? ByteExtent.empty(file.source() + ' ' + name, header.order())
                : file.extent(section.offset(), section.size(), header.order(), name);
    }

    @Override
    public synchronized void close() {
        owned.forEach(MappedBytes::close);
        owned.clear();
        ready.clear();
    }
}
