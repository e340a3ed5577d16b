package dev.stackmapd.elfcore.golang;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.LoadSegment;
import java.util.Optional;

/// Finds the table in a file: by the name of its section, else by its first bytes in the loaded
/// segments.
final class TableSearch {
    private static final String[] SECTIONS = {".gopclntab", ".data.rel.ro.gopclntab"};
    private static final long MAGIC_PREFIX = 0xffff_ff00L;

    private TableSearch() {}

    /// @param bytes from the header to the end of its section or segment
    record Located(PcHeader header, ElfAddress address, ByteExtent bytes) {}

    static Optional<Located> find(ElfFile file) throws MalformedBinaryException {
        for (String section : SECTIONS) {
            Optional<ElfAddress> address = file.addressOf(section);
            Optional<ByteExtent> bytes = address.isEmpty() ? Optional.empty() : file.debugSection(section);
            if (bytes.isPresent()) {
                Optional<Located> found = at(file, address.get(), bytes.get());
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return findByMagic(file);
    }

    private static Optional<Located> findByMagic(ElfFile file) throws MalformedBinaryException {
        for (LoadSegment segment : file.loadSegments()) {
            if (segment.executable() || segment.fileSize() == 0) {
                continue;
            }
            ByteExtent bytes = file.loadedFrom(segment.address()).orElseThrow();
            Cursor at = bytes.cursor();
            while (at.remaining() >= Integer.BYTES) {
                long offset = at.position();
                if ((at.u32("word") & MAGIC_PREFIX) == MAGIC_PREFIX) {
                    ByteExtent rest = bytes.part(offset, bytes.size() - offset, "table");
                    Optional<Located> found =
                            at(file, new ElfAddress(segment.address().value() + offset), rest);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Located> at(ElfFile file, ElfAddress address, ByteExtent bytes)
            throws MalformedBinaryException {
        return PcHeader.read(file.elfClass(), bytes)
                .filter(header -> header.fitsInto(bytes.size(), file.elfClass()))
                .map(header -> new Located(header, address, bytes));
    }
}
