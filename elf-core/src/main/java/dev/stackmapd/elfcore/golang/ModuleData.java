package dev.stackmapd.elfcore.golang;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfClass;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.LoadSegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `runtime.firstmoduledata`: the variable with which the runtime finds its tables, and the only place
/// that has two addresses which the tables need.
///
/// It is found without symbols, because it begins with the address of the table and repeats those of its
/// parts.
///
/// @param textStart the base of function offsets
/// @param functionData the address of `go.func.*`, the base of offsets of function data; 0 where it is
///     not known
record ModuleData(long textStart, long functionData) {
    // Positions in words. There are six slices between the header's address and findfunctab.
    private static final int FUNCTION_NAMES = 1;
    private static final int UNIT_FILES = 4;
    private static final int FUNCTION_TABLE = 13;
    private static final int TEXT = 22;
    private static final int FUNCTION_DATA_1_18 = 38;
    private static final int FUNCTION_DATA_1_20 = 40;
    private static final int WORDS = 64;
    private static final int MAX_CANDIDATES = 16;

    /// @param tableAddress ELF address of the header
    static Optional<ModuleData> find(ElfFile file, PcHeader header, long tableAddress) throws MalformedBinaryException {
        Optional<ModuleData> stored = findStored(file, header, tableAddress);
        return stored.isPresent() ? stored : findRelocated(file, header, tableAddress);
    }

    /// Searches all data of the file, the last segment first, because variables are placed after
    /// constants.
    private static Optional<ModuleData> findStored(ElfFile file, PcHeader header, long tableAddress)
            throws MalformedBinaryException {
        ElfClass elfClass = file.elfClass();
        for (LoadSegment segment : file.loadSegments().reversed()) {
            if (segment.executable() || segment.fileSize() == 0) {
                continue;
            }
            Cursor at = file.loadedFrom(segment.address()).orElseThrow().cursor();
            while (at.remaining() >= elfClass.wordBytes()) {
                if (elfClass.word(at, "word") == tableAddress) {
                    long slot = segment.address().value() + at.position() - elfClass.wordBytes();
                    Optional<ModuleData> found = of(words(file, new ElfAddress(slot)), header);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        }
        return Optional.empty();
    }

    /// Finds the variable in a file whose pointers are zero until the dynamic linker sets them.
    private static Optional<ModuleData> findRelocated(ElfFile file, PcHeader header, long tableAddress)
            throws MalformedBinaryException {
        List<ElfAddress> candidates = new ArrayList<>();
        file.relocations((slot, symbol, target) -> {
            if (symbol == 0 && target == tableAddress && candidates.size() < MAX_CANDIDATES) {
                candidates.add(new ElfAddress(slot));
            }
        });
        for (ElfAddress candidate : candidates) {
            long[] words = words(file, candidate);
            file.relocations((slot, symbol, target) -> {
                long index = Long.divideUnsigned(
                        slot - candidate.value(), file.elfClass().wordBytes());
                if (symbol == 0 && Long.compareUnsigned(index, WORDS) < 0) {
                    words[(int) index] = target;
                }
            });
            Optional<ModuleData> found = of(words, header);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /// Reads words of the file; they are zero from its end on.
    private static long[] words(ElfFile file, ElfAddress from) throws MalformedBinaryException {
        ElfClass elfClass = file.elfClass();
        long[] words = new long[WORDS];
        Optional<ByteExtent> stored = file.loadedFrom(from);
        if (stored.isPresent()) {
            Cursor at = stored.get().cursor();
            for (int i = 0; i < WORDS && at.remaining() >= elfClass.wordBytes(); i++) {
                words[i] = elfClass.word(at, "moduledata");
            }
        }
        return words;
    }

    private static Optional<ModuleData> of(long[] words, PcHeader header) {
        long table = words[0];
        boolean repeats = words[FUNCTION_NAMES] == table + header.functionNames()
                && words[UNIT_FILES] == table + header.unitFiles()
                && words[FUNCTION_TABLE] == table + header.functionTable();
        return repeats ? Optional.of(new ModuleData(words[TEXT], functionData(words, header))) : Optional.empty();
    }

    /// Finds `go.func.*` by its value, because the fields before it vary. Since Go 1.26 it begins at the
    /// end of the function table and its functions.
    private static long functionData(long[] words, PcHeader header) {
        long end = words[FUNCTION_TABLE] + words[FUNCTION_TABLE + 1];
        for (int i = TEXT; i < WORDS && header.version() == TableVersion.GO_1_20; i++) {
            if (words[i] == end) {
                return end;
            }
        }
        return switch (header.version()) {
            case GO_1_16 -> 0;
            case GO_1_18 -> words[FUNCTION_DATA_1_18];
            case GO_1_20 -> words[FUNCTION_DATA_1_20];
        };
    }
}
