package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.elf.LoadSegment;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// What is kept for one build-id: names, or why there are none.
sealed interface Loaded {

    /// The executable's load segments, and what names its code.
    ///
    /// Names hold files open, which are closed when the cache has dropped them *and* the last look-up has left: a
    /// count of holders, the cache being the first. Thread-safe.
    final class Ready implements Loaded {
        private final List<LoadSegment> segments;
        private final CodeNames names;
        private final AtomicInteger holders = new AtomicInteger(1);

        Ready(List<LoadSegment> segments, CodeNames names) {
            this.segments = List.copyOf(segments);
            this.names = names;
        }

        /// Whether the names may be used, until [#leave] is called; false once they are closed.
        boolean enter() {
            return holders.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
        }

        void leave() {
            if (holders.decrementAndGet() == 0) {
                names.close();
            }
        }

        CodeNames names() {
            return names;
        }

        long heapBytes() {
            return names.heapBytes() + 64L * segments.size();
        }

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
