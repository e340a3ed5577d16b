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

/// The result of resolving the build-id of a mapped file. All cases are ordinary outcomes; none is an
/// exception.
public sealed interface Resolution {

    /// @param layout of the file's load segments, read from its bytes
    record Found(BuildId buildId, Layout layout) implements Resolution {
        public Found {
            requireNonNull(buildId, "buildId");
            requireNonNull(layout, "layout");
        }

        /// The result for a file whose bytes were not read.
        public Found(BuildId buildId) {
            this(buildId, Layout.Linked.UNKNOWN);
        }
    }

    /// @param reason of the raw frames in the file
    /// @param detail an explanation for people; names no path of this host
    record Missing(Frame.Reason reason, String detail) implements Resolution {
        /// Length of a detail after which no further detail is appended: a batch may name any number of
        /// sources.
        private static final int MAX_JOINED_DETAIL = 200;

        public Missing {
            requireNonNull(reason, "reason");
            requireNonNull(detail, "detail");
        }

        /// Ranks reasons by what they say about the mapped file, from the most specific: it differs from
        /// the held file; it was read completely and has no build-id; the available bytes ended too
        /// early; another file has taken its path; nothing could be read.
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

    /// Returns this resolution if it has a build-id, otherwise that of `next`. If neither has one, the
    /// more specific reason is kept, or the first of two equally specific ones.
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

    /// Returns the resolution of a file from its bytes.
    ///
    /// @throws IOException if they cannot be read
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
