package dev.stackmapd.elfcore.golang;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.util.List;
import java.util.Optional;

/// Reads `.gopclntab` of one Go program: function, file and line of an address, and the calls inlined
/// there.
///
/// Stripping does not remove it, so every Go program since 1.16 has it, of either byte order and word
/// size, position-independent or not. If a file has no section of that name, or no sections, the table
/// is searched for.
///
/// A look-up reads only what it needs and keeps nothing: a binary search over all functions, then the
/// few tables of one. A damaged part is skipped and named in the answer. The table has no code from
/// other languages in the same file. A function without line table is assumed to end at the next one.
///
/// Valid, and thread-safe, until the file is closed.
public final class GoTable {
    private final GoTableBytes bytes;

    private GoTable(GoTableBytes bytes) {
        this.bytes = bytes;
    }

    /// Returns the table of a file; empty where it has none, or one of Go 1.15 or earlier.
    public static Optional<GoTable> find(ElfFile file) throws MalformedBinaryException {
        Optional<TableSearch.Located> located = TableSearch.find(file);
        return located.isEmpty() ? Optional.empty() : Optional.of(new GoTable(open(file, located.get())));
    }

    private static GoTableBytes open(ElfFile file, TableSearch.Located located) throws MalformedBinaryException {
        PcHeader header = located.header();
        Optional<ModuleData> module =
                ModuleData.find(file, header, located.address().value());
        long textStart = module.map(ModuleData::textStart).orElse(header.textStart());
        if (header.version().hasOffsets() && textStart == 0) {
            throw located.bytes().cursor().malformed("the start of the text is not known");
        }
        long functionData = module.map(ModuleData::functionData).orElse(0L);
        return new GoTableBytes(
                file, located.bytes(), header, header.version().hasOffsets() ? textStart : 0, functionData);
    }

    /// Returns the number of functions in the table.
    public long size() {
        return bytes.header().functions();
    }

    /// Returns the ELF address where a function begins.
    ///
    /// @param index 0 to `size()`, ascending in a correct table; the last one is where the text ends
    public long start(long index) throws MalformedBinaryException {
        return bytes.entry(index);
    }

    /// Passes all functions to `consumer`, by ascending address. Their line tables are read up to the
    /// limits for one walk; from then on, functions are assumed to end at the next one.
    public void forEach(FunctionConsumer consumer) throws MalformedBinaryException {
        StepBudget budget = new StepBudget(bytes.limits().maxWalkWork());
        for (long i = 0; i < size(); i++) {
            consumer.accept(start(i), end(i, budget), name(i));
        }
    }

    private long end(long index, StepBudget budget) throws MalformedBinaryException {
        try {
            return bytes.end(index, budget);
        } catch (MalformedBinaryException e) {
            return start(index + 1);
        }
    }

    /// Receives functions.
    public interface FunctionConsumer {
        /// @param start ELF address, ascending in a correct table
        /// @param end ELF address at which its code ends; not below the start in a correct table
        /// @param name empty where it is damaged
        void accept(long start, long end, String name) throws MalformedBinaryException;
    }

    /// Returns the full name of a function; empty where it is damaged.
    ///
    /// @param index 0 to `size() - 1`
    public String name(long index) {
        try {
            return bytes.name(bytes.function(index).name());
        } catch (MalformedBinaryException e) {
            return "";
        }
    }

    /// Looks up the functions, files and lines of an address. The answer has no frames if no Go function
    /// holds it.
    public GoAnswer lookup(ElfAddress address) throws MalformedBinaryException {
        long index = indexOf(address.value());
        return index < 0 ? new GoAnswer(List.of(), List.of()) : new GoLookUp(bytes, address.value()).in(index);
    }

    /// Returns the index of the last function that begins at or below the address, or -1.
    private long indexOf(long pc) throws MalformedBinaryException {
        long low = 0;
        long high = size();
        if (high == 0 || Long.compareUnsigned(pc, bytes.entry(high)) >= 0) {
            return -1;
        }
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (Long.compareUnsigned(bytes.entry(middle), pc) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }
}
