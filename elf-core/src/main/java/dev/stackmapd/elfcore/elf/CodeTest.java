package dev.stackmapd.elfcore.elf;

import java.util.List;

/// Determines whether a symbol without type (`STT_NOTYPE`) is code, and where code ends at the latest.
final class CodeTest {
    private final SectionTable sections;
    private final List<ProgramHeader> programHeaders;

    CodeTest(SectionTable sections, List<ProgramHeader> programHeaders) {
        this.sections = sections;
        this.programHeaders = programHeaders;
    }

    /// Returns true if a symbol is code, by its section; by its address where the section index does not
    /// fit 16 bits or there are no sections.
    ///
    /// @param section `st_shndx`, neither undefined nor another reserved index than `SHN_XINDEX`
    boolean isCode(int section, long address) {
        if (section != ElfConstants.SHN_XINDEX && section < sections.count()) {
            return sections.get(section).executable();
        }
        for (ProgramHeader segment : programHeaders) {
            if (segment.type() == ElfConstants.PT_LOAD && segment.executable() && segment.holdsInMemory(address)) {
                return true;
            }
        }
        return false;
    }

    /// Returns where the code around an address ends at the latest: the end of the symbol's section, or
    /// where there are no sections of its executable segment. Returns the address itself where neither
    /// holds it, and where the section's index does not fit 16 bits.
    ///
    /// @param section as in [#isCode]
    long endOf(int section, long address) {
        if (section != ElfConstants.SHN_XINDEX && section < sections.count()) {
            Section own = sections.get(section);
            return own.executable() && own.holds(address) ? own.address() + own.size() : address;
        }
        if (sections.count() > 0) {
            return address;
        }
        for (ProgramHeader segment : programHeaders) {
            if (segment.type() == ElfConstants.PT_LOAD && segment.executable() && segment.holdsInMemory(address)) {
                return segment.address() + segment.memorySize();
            }
        }
        return address;
    }
}
