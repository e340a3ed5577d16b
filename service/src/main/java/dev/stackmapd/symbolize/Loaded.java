package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.elf.LoadSegment;
import dev.stackmapd.elfcore.symbols.SymbolTable;
import java.util.List;
import java.util.Optional;

/// What is kept for one build-id: a table, or why there is none.
sealed interface Loaded {

    /// The executable's load segments, and the best symbols of any file with its build-id. Holds no file open.
    record Table(List<LoadSegment> segments, SymbolTable symbols) implements Loaded {

        /// In the first segment that holds the offset; an executable one if there is any.
        Optional<ElfAddress> addressOf(FileOffset offset) {
            Optional<ElfAddress> fallback = Optional.empty();
            for (LoadSegment segment : segments) {
                Optional<ElfAddress> address = segment.addressOf(offset);
                if (address.isPresent() && segment.executable()) {
                    return address;
                }
                fallback = fallback.isPresent() ? fallback : address;
            }
            return fallback;
        }
    }

    record Absent(Symbolized.Cause cause) implements Loaded {}

    record Bad(String detail) implements Loaded {}
}
