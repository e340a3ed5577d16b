package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.util.HashMap;
import java.util.Map;

/// The debug sections of one file that names and lines need. A section that the file does not have is
/// empty.
///
/// Sections are loaded on first use: a look-up that needs no strings inflates no strings. Thread-safe.
final class DwarfSections {
    private static final String SPLIT_SUFFIX = ".dwo";

    private final ElfFile file;
    private final String suffix;
    // Replaced, never changed: read without a lock on every string.
    private volatile Map<String, ByteExtent> fetched = Map.of();

    private DwarfSections(ElfFile file, String suffix) {
        this.file = file;
        this.suffix = suffix;
    }

    static DwarfSections of(ElfFile file) {
        return new DwarfSections(file, "");
    }

    /// Returns the sections of a `.dwo` or `.dwp` file, or the split ones that an object file keeps
    /// beside its own.
    static DwarfSections split(ElfFile file) {
        return new DwarfSections(file, SPLIT_SUFFIX);
    }

    ElfFile file() {
        return file;
    }

    boolean isSplit() {
        return !suffix.isEmpty();
    }

    ByteExtent info() throws MalformedBinaryException {
        return section(".debug_info");
    }

    ByteExtent types() throws MalformedBinaryException {
        return section(".debug_types");
    }

    ByteExtent abbreviations() throws MalformedBinaryException {
        return section(".debug_abbrev");
    }

    ByteExtent strings() throws MalformedBinaryException {
        return section(".debug_str");
    }

    ByteExtent stringOffsets() throws MalformedBinaryException {
        return section(".debug_str_offsets");
    }

    ByteExtent rangeLists() throws MalformedBinaryException {
        return section(".debug_rnglists");
    }

    ByteExtent lineStrings() throws MalformedBinaryException {
        return plain(".debug_line_str");
    }

    ByteExtent lines() throws MalformedBinaryException {
        return section(".debug_line");
    }

    ByteExtent addresses() throws MalformedBinaryException {
        return plain(".debug_addr");
    }

    ByteExtent ranges() throws MalformedBinaryException {
        return plain(".debug_ranges");
    }

    ByteExtent addressRanges() throws MalformedBinaryException {
        return plain(".debug_aranges");
    }

    ByteExtent unitIndex() throws MalformedBinaryException {
        return plain(".debug_cu_index");
    }

    /// Returns a section that split files have under a name of their own.
    private ByteExtent section(String name) throws MalformedBinaryException {
        ByteExtent known = fetched.get(name);
        return known != null ? known : fetch(name, name + suffix);
    }

    private ByteExtent plain(String name) throws MalformedBinaryException {
        ByteExtent known = fetched.get(name);
        return known != null ? known : fetch(name, name);
    }

    private synchronized ByteExtent fetch(String key, String name) throws MalformedBinaryException {
        ByteExtent section =
                file.debugSection(name).orElseGet(() -> ByteExtent.empty(file.source() + ' ' + name, file.order()));
        Map<String, ByteExtent> more = new HashMap<>(fetched);
        more.put(key, section);
        fetched = Map.copyOf(more);
        return section;
    }
}
