package dev.stackmapd.resolve;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.bytes.RandomAccessBytes;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdSearch;
import dev.stackmapd.elfcore.elf.Layout;
import dev.stackmapd.elfcore.elf.LayoutReader;
import dev.stackmapd.stack.Frame;
import java.io.IOException;
import java.util.function.Supplier;

/// What came of asking for the build-id of a mapped file. Every case is ordinary; none is an exception.
public sealed interface Resolution {

    /// @param layout where the file's code lies, as its bytes show it
    record Found(BuildId buildId, Layout layout) implements Resolution {
        public Found {
            requireNonNull(buildId, "buildId");
            requireNonNull(layout, "layout");
        }

        /// Of a file whose bytes were not seen.
        public Found(BuildId buildId) {
            this(buildId, Layout.Linked.UNKNOWN);
        }
    }

    /// @param reason what its frames will say
    /// @param detail for people; names no path of this host
    record Missing(Frame.Reason reason, String detail) implements Resolution {
        /// Characters after which no other source's detail is added: a batch may name any number of sources.
        private static final int MAX_JOINED_DETAIL = 200;

        public Missing {
            requireNonNull(reason, "reason");
            requireNonNull(detail, "detail");
        }

        /// How much the reason says about the file that was mapped: that it is another one than the one held here;
        /// that it has no build-id, read to the end; that the bytes at hand ended too early; that another file
        /// has its place; that nothing could be read.
        private int weight() {
            return switch (reason) {
                case OTHER_LAYOUT -> 4;
                case NOT_ELF, NO_NOTE, BAD_NOTE -> 3;
                case TRUNCATED -> 2;
                case STALE_FILE -> 1;
                case UNREADABLE, NO_MAPPING, ANONYMOUS, SPECIAL, KERNEL_ADDRESS, MARKER -> 0;
            };
        }

        private Missing weighed(Missing later) {
            if (reason == later.reason && !detail.equals(later.detail) && detail.length() < MAX_JOINED_DETAIL) {
                return new Missing(reason, detail + "; " + later.detail);
            }
            return later.weight() > weight() ? later : this;
        }
    }

    /// The first build-id of two sources. Where neither has one, the reason that says more about the file counts, of
    /// equal ones the first.
    default Resolution orElse(Supplier<Resolution> next) {
        return switch (this) {
            case Found found -> found;
            case Missing missing ->
                switch (next.get()) {
                    case Found found -> found;
                    case Missing later -> missing.weighed(later);
                };
        };
    }

    /// What the bytes of a file say.
    ///
    /// @throws IOException where they cannot be read
    static Resolution of(BuildIdSearch search, RandomAccessBytes bytes) throws IOException {
        return switch (search) {
            case BuildIdSearch.Found found -> new Found(found.buildId(), LayoutReader.read(bytes));
            case BuildIdSearch.Missing missing ->
                new Missing(reason(missing.cause()), "offset 0x%x: %s".formatted(missing.offset(), missing.detail()));
        };
    }

    private static Frame.Reason reason(BuildIdSearch.Cause cause) {
        return switch (cause) {
            case NOT_ELF -> Frame.Reason.NOT_ELF;
            case NO_NOTE -> Frame.Reason.NO_NOTE;
            case BAD_NOTE -> Frame.Reason.BAD_NOTE;
            case TRUNCATED -> Frame.Reason.TRUNCATED;
        };
    }
}
