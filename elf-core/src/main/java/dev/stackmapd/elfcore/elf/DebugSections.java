package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.ByteQuota;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.GrowingBytes;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.MappedBytes;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.ProducedBytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The debug sections of one file as plain bytes: inflated and relocated where needed, each once.
///
/// Inflates a section as far as it is read. Owns what it inflates. All sections of one file share one limit.
/// Thread-safe.
final class DebugSections implements AutoCloseable {
    private static final String PREFIX = ".debug_";
    private static final String GNU_PREFIX = ".zdebug_";

    private final MappedBytes file;
    private final ElfHeader header;
    private final SectionTable sections;
    private final Map<String, Optional<ByteExtent>> ready = new HashMap<>();
    private final List<MappedBytes> relocated = new ArrayList<>();
    private final List<ProducedBytes> inflated = new ArrayList<>();
    private final ByteQuota quota;

    DebugSections(MappedBytes file, ElfHeader header, SectionTable sections, ParseLimits limits) {
        this.file = file;
        this.header = header;
        this.sections = sections;
        this.quota = new ByteQuota(limits.maxInflatedBytes());
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
        if (Long.compareUnsigned(size, quota.left()) > 0) {
            throw from.malformed(
                    "ch_size is " + Long.toUnsignedString(size) + ", " + quota.left() + " bytes are left of the limit");
        }
        ProducedBytes bytes =
                new ProducedBytes(file.source() + ' ' + name + " inflated", size, inflation.begin(from, size), quota);
        inflated.add(bytes);
        return bytes.extent(header.order());
    }

    private ByteExtent relocated(Section section, ByteExtent contents, String name) throws MalformedBinaryException {
        if (header.type() != ElfConstants.ET_REL) {
            return contents;
        }
        Optional<Section> table = sections.relocationsOf(section);
        if (table.isEmpty()) {
            return contents;
        }
        long limit = quota.left();
        try (GrowingBytes copy = new GrowingBytes(file.source(), Math.min(contents.size(), limit), limit)) {
            copy.append(contents.cursor());
            new Relocations(file, header, sections).apply(table.get(), copy);
            quota.take(copy.filled(), file.source());
            MappedBytes filled = copy.finish();
            relocated.add(filled);
            return filled.extent(0, filled.size(), header.order(), name);
        }
    }

    private ByteExtent stored(Section section, String name) throws MalformedBinaryException {
        return section.type() == ElfConstants.SHT_NOBITS
                ? ByteExtent.empty(file.source() + ' ' + name, header.order())
                : file.extent(section.offset(), section.size(), header.order(), name);
    }

    @Override
    public synchronized void close() {
        relocated.forEach(MappedBytes::close);
        relocated.clear();
        inflated.forEach(ProducedBytes::close);
        inflated.clear();
        ready.clear();
    }
}
