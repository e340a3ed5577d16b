package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.MappedBytes;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The section headers, and look-up of sections by name.
///
/// Names are compared in the file and never copied: a hostile table may give every section the same
/// endless one.
final class SectionTable {
    private final MappedBytes file;
    private final ElfHeader header;
    private final List<Section> sections;
    private final int namesIndex;

    private SectionTable(MappedBytes file, ElfHeader header, List<Section> sections, int namesIndex) {
        this.file = file;
        this.header = header;
        this.sections = sections;
        this.namesIndex = namesIndex;
    }

    /// Reads the section headers. With 65,280 sections or more, section 0 has their number in `sh_size`
    /// and the index of the names in `sh_link`.
    static SectionTable read(MappedBytes file, ElfHeader header, ParseLimits limits) throws MalformedBinaryException {
        if (header.sectionHeaders() == 0) {
            return new SectionTable(file, header, List.of(), 0);
        }
        ElfClass elfClass = header.elfClass();
        Cursor first =
                file.cursor(header.sectionHeaders(), elfClass.sectionHeaderBytes(), header.order(), "section header 0");
        Section zero = Section.read(elfClass, first);
        long count = header.sectionCount() != 0 ? header.sectionCount() : zero.size();
        int namesIndex = header.sectionNames() == ElfConstants.SHN_XINDEX ? zero.link() : header.sectionNames();
        if (Long.compareUnsigned(count, limits.maxSections()) > 0) {
            throw first.malformed(
                    Long.toUnsignedString(count) + " sections, at most " + limits.maxSections() + " are read");
        }
        Cursor table = file.cursor(
                header.sectionHeaders(), count * elfClass.sectionHeaderBytes(), header.order(), "section headers");
        List<Section> sections = new ArrayList<>((int) count);
        for (int i = 0; i < count; i++) {
            sections.add(Section.read(elfClass, table));
        }
        return new SectionTable(file, header, List.copyOf(sections), namesIndex);
    }

    int count() {
        return sections.size();
    }

    Section get(int index) {
        return sections.get(index);
    }

    List<Section> all() {
        return sections;
    }

    Optional<Section> firstOfType(int type) {
        return sections.stream().filter(section -> section.type() == type).findFirst();
    }

    /// Returns the relocations that apply to a section.
    Optional<Section> relocationsOf(Section target) {
        return sections.stream()
                .filter(s -> (s.type() == ElfConstants.SHT_RELA || s.type() == ElfConstants.SHT_REL)
                        && Integer.compareUnsigned(s.info(), sections.size()) < 0
                        && sections.get(s.info()).equals(target))
                .findFirst();
    }

    /// Returns the section that another one names in `sh_link`.
    ///
    /// @param at the position for the error
    Section linked(Section from, Cursor at) throws MalformedBinaryException {
        if (Integer.compareUnsigned(from.link(), sections.size()) >= 0) {
            throw at.malformed("sh_link is " + Integer.toUnsignedString(from.link()));
        }
        return sections.get(from.link());
    }

    /// Returns the first section of that name. Sections without a readable name are skipped: a name is
    /// optional.
    Optional<Section> find(String name) throws MalformedBinaryException {
        return find(name, section -> true);
    }

    /// Returns the first section of that name that also satisfies a predicate.
    Optional<Section> find(String name, Predicate<Section> wanted) throws MalformedBinaryException {
        if (Integer.compareUnsigned(namesIndex, sections.size()) >= 0 || namesIndex == 0) {
            return Optional.empty();
        }
        byte[] expected = name.getBytes(StandardCharsets.US_ASCII);
        Section table = sections.get(namesIndex);
        Cursor names = file.cursor(table.offset(), table.size(), header.order(), "section names");
        for (Section section : sections) {
            if (Integer.toUnsignedLong(section.nameOffset()) < table.size()) {
                names.moveTo(Integer.toUnsignedLong(section.nameOffset()), "sh_name");
                if (names.startsWithString(expected) && wanted.test(section)) {
                    return Optional.of(section);
                }
            }
        }
        return Optional.empty();
    }
}
