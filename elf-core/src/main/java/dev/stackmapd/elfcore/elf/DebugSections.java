package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.ByteProducer;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.MappedBytes;
import dev.stackmapd.elfcore.bytes.OverLimitException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.ProducedBytes;
import dev.stackmapd.elfcore.bytes.ScratchBytes;
import dev.stackmapd.elfcore.bytes.ScratchSpace;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Provides the debug sections of one file as plain bytes: inflated and relocated where needed, each
/// once.
///
/// A section is inflated into scratch space, up to the last byte that was read. This object owns that
/// space. All sections of one file share one limit ([InflationShares]). Which bytes exceed it depends on
/// the sizes that the file claims, not on the order of look-ups. Thread-safe.
final class DebugSections implements AutoCloseable {
    /// Real debug information is compressed to a tenth at best; a stream of zeros to a thousandth.
    private static final long PLAUSIBLE_RATIO = 32;

    private static final int PIECE = 1 << 16;
    private static final String PREFIX = ".debug_";
    private static final String GNU_PREFIX = ".zdebug_";

    /// A larger claim is not the size of a real section.
    private static final long MAX_CLAIM = 1L << 37;

    /// The sections that share the limit.
    private static final List<String> SHARING = List.of(
            ".debug_abbrev",
            ".debug_addr",
            ".debug_rnglists",
            ".debug_ranges",
            ".debug_info",
            ".debug_line",
            ".debug_line_str",
            ".debug_str_offsets",
            ".debug_str",
            ".debug_aranges",
            ".debug_types",
            ".debug_cu_index",
            ".debug_abbrev.dwo",
            ".debug_rnglists.dwo",
            ".debug_info.dwo",
            ".debug_str_offsets.dwo",
            ".debug_str.dwo",
            ".debug_line.dwo",
            ".debug_types.dwo");

    private final MappedBytes file;
    private final ElfHeader header;
    private final SectionTable sections;
    private final Map<String, Optional<ByteExtent>> ready = new HashMap<>();
    private final List<MappedBytes> relocated = new ArrayList<>();
    private final List<ProducedBytes> inflated = new ArrayList<>();
    private final long limit;
    private final ScratchSpace space;
    private @Nullable InflationShares shares;

    DebugSections(MappedBytes file, ElfHeader header, SectionTable sections, ParseLimits limits, ScratchSpace space) {
        this.file = file;
        this.header = header;
        this.sections = sections;
        this.limit = limits.maxInflatedBytes();
        this.space = space;
    }

    /// Returns a section by its plain name; empty if there is none. A section that cannot be read is
    /// tried again, and throws, on every call.
    synchronized Optional<ByteExtent> get(String name) throws MalformedBinaryException {
        Optional<ByteExtent> known = ready.get(name);
        if (known == null) {
            known = load(name);
            ready.put(name, known);
        }
        return known;
    }

    private Optional<ByteExtent> load(String name) throws MalformedBinaryException {
        Optional<Section> found = find(name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Section section = found.get();
        Optional<Compressed> compressed = compressed(section, name);
        ByteExtent contents = stored(section, name);
        if (compressed.isPresent()) {
            contents = inflated(compressed.get(), name);
        }
        return Optional.of(isRelocated(section) ? relocated(section, contents, name) : contents);
    }

    /// Returns the number of bytes of a section after decompression. Inflates it without keeping the
    /// bytes. Bytes after a damaged position, beyond the limit, or beyond [#PLAUSIBLE_RATIO] times the
    /// stored ones are not counted.
    long measure(String name) throws MalformedBinaryException {
        Optional<Section> section = find(name);
        if (section.isEmpty()) {
            return 0;
        }
        long stored = stored(section.get(), name).size();
        Optional<Compressed> compressed = compressed(section.get(), name);
        return compressed.isEmpty() ? stored : measure(compressed.get(), Math.min(limit, PLAUSIBLE_RATIO * stored));
    }

    private static long measure(Compressed section, long most) {
        long size = Long.compareUnsigned(section.size(), most) < 0 ? section.size() : most;
        try (Arena arena = Arena.ofConfined();
                ByteProducer producer = section.inflation().begin(section.from(), section.size())) {
            ByteBuffer room = arena.allocate(PIECE).asByteBuffer();
            long measured = 0;
            while (measured < size) {
                room.clear().limit((int) Math.min(PIECE, size - measured));
                try {
                    producer.produce(room);
                } catch (MalformedBinaryException e) {
                    // Bytes before the damaged position are valid.
                    return measured + room.position();
                }
                measured += room.position();
            }
            return measured;
        }
    }

    private Optional<Section> find(String name) throws MalformedBinaryException {
        Optional<Section> plain = findOutsideGroups(name);
        return plain.isPresent() || !name.startsWith(PREFIX) ? plain : sections.find(gnuName(name));
    }

    private static String gnuName(String name) {
        return GNU_PREFIX + name.substring(PREFIX.length());
    }

    private InflationShares shares() {
        InflationShares known = shares;
        if (known == null) {
            Map<String, Long> claims = new LinkedHashMap<>();
            SHARING.forEach(name -> claims.put(name, claim(name)));
            known = new InflationShares(claims, limit);
            shares = known;
        }
        return known;
    }

    /// Returns the scratch space that a section claims, in bytes, up to the limit.
    private long claim(String name) {
        try {
            Optional<Section> section = find(name);
            return section.isPresent() ? claim(section.get(), compressed(section.get(), name)) : 0;
        } catch (MalformedBinaryException e) {
            // The section takes no space. A caller that asks for it gets this error.
            return 0;
        }
    }

    private long claim(Section section, Optional<Compressed> compressed) {
        long inflated = compressed.map(Compressed::size).orElse(0L);
        if (Long.compareUnsigned(inflated, limit) > 0) {
            return limit;
        }
        long relocated = isRelocated(section) ? compressed.isPresent() ? inflated : section.size() : 0;
        return Math.min(limit, inflated + Math.min(relocated, limit));
    }

    private boolean isRelocated(Section section) {
        return header.type() == ElfConstants.ET_REL
                && section.type() != ElfConstants.SHT_NOBITS
                && sections.relocationsOf(section).isPresent();
    }

    /// Returns a section that is not in a group. A relocatable file may have several sections of one
    /// name; those in a group have type units, which no address needs.
    private Optional<Section> findOutsideGroups(String name) throws MalformedBinaryException {
        Optional<Section> outside = sections.find(name, section -> (section.flags() & ElfConstants.SHF_GROUP) == 0);
        return outside.isPresent() ? outside : sections.find(name);
    }

    /// A compressed section without its header.
    ///
    /// @param size bytes that the header claims
    private record Compressed(Cursor from, long size, Inflation inflation) {}

    /// Reads the header of a compressed section; empty if the section is not compressed.
    private Optional<Compressed> compressed(Section section, String name) throws MalformedBinaryException {
        if ((section.flags() & ElfConstants.SHF_COMPRESSED) == 0) {
            return findOutsideGroups(name).isPresent() ? Optional.empty() : Optional.of(gnuCompressed(section, name));
        }
        Cursor from = stored(section, name).cursor();
        int type = (int) from.u32("ch_type");
        if (header.elfClass() == ElfClass.ELF64) {
            from.skip(4, "ch_reserved");
        }
        long size = header.elfClass().word(from, "ch_size");
        header.elfClass().word(from, "ch_addralign");
        return switch (type) {
            case ElfConstants.ELFCOMPRESS_ZLIB -> Optional.of(new Compressed(from, size, Inflation.ZLIB));
            case ElfConstants.ELFCOMPRESS_ZSTD -> Optional.of(new Compressed(from, size, Inflation.ZSTD));
            default -> throw from.malformed("ch_type is " + Integer.toUnsignedString(type));
        };
    }

    /// Reads the header of `.zdebug_*`: `ZLIB`, the size as eight bytes in big-endian order, a zlib
    /// stream.
    private Compressed gnuCompressed(Section section, String name) throws MalformedBinaryException {
        Cursor from = stored(section, gnuName(name)).cursor();
        if (from.u8("magic") != 'Z' || from.u8("magic") != 'L' || from.u8("magic") != 'I' || from.u8("magic") != 'B') {
            throw from.malformed("no ZLIB magic");
        }
        long size = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            size = size << Byte.SIZE | from.u8("uncompressed size");
        }
        return new Compressed(from, size, Inflation.ZLIB);
    }

    private ByteExtent inflated(Compressed section, String name) throws MalformedBinaryException {
        if (Long.compareUnsigned(section.size(), MAX_CLAIM) > 0) {
            throw new OverLimitException(
                    file.source() + ' ' + name, 0, "ch_size is " + Long.toUnsignedString(section.size()));
        }
        ProducedBytes bytes = new ProducedBytes(
                file.source() + ' ' + name + " inflated",
                section.size(),
                shares().of(name, section.size()),
                section.inflation().begin(section.from(), section.size()),
                space);
        inflated.add(bytes);
        return bytes.extent(header.order());
    }

    private ByteExtent relocated(Section section, ByteExtent contents, String name) throws MalformedBinaryException {
        Optional<Section> table = sections.relocationsOf(section);
        if (table.isEmpty() || contents.size() == 0) {
            return contents;
        }
        String source = file.source() + ' ' + name;
        long most = shares().of(name, contents.size());
        if (most < contents.size()) {
            throw new OverLimitException(source, 0, contents.size() + " bytes to relocate, the limit is " + most);
        }
        try (ScratchBytes copy = new ScratchBytes(source, most, space)) {
            copy.append(contents.cursor());
            new Relocations(file, header, sections).apply(table.get(), copy);
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
