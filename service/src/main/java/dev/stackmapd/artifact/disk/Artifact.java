package dev.stackmapd.artifact.disk;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.Layout;
import java.nio.file.Path;
import java.util.Comparator;

/// One local file that is held under its build-id, or under its htlhash where it has none.
public sealed interface Artifact {

    /// The id that it is held under: the file's own build-id, or its [#htlhash].
    BuildId buildId();

    /// OpenTelemetry's hash of its contents.
    BuildId htlhash();

    /// Where it was found. For the server only: a path must not reach a client.
    Path path();

    /// Files with the most to say first, damaged files last.
    Comparator<Artifact> BEST_FIRST = damagedLast(Quality.BEST_FIRST);

    /// Files with the better kind of symbols first, damaged files last; those of one kind stay in their order.
    Comparator<Artifact> BEST_KIND_FIRST = damagedLast(Comparator.comparing(Quality::symbols));

    private static Comparator<Artifact> damagedLast(Comparator<Quality> order) {
        return (one, other) -> switch (one) {
            case Damaged damaged -> other instanceof Damaged ? 0 : 1;
            case Binary binary ->
                switch (other) {
                    case Damaged damaged -> -1;
                    case Binary second -> order.compare(binary.quality(), second.quality());
                };
        };
    }

    /// A file whose tables could be read.
    ///
    /// @param code whether its code lies in it, so that its load segments are the executable's
    /// @param layout where its code lies
    record Binary(BuildId buildId, BuildId htlhash, Path path, Code code, Quality quality, Layout layout)
            implements Artifact {

        /// The best that it has.
        public Symbols symbols() {
            return quality.symbols();
        }
    }

    /// An ELF file that has a readable build-id and is damaged elsewhere.
    ///
    /// @param detail what is wrong, and at which byte; names no path
    record Damaged(BuildId buildId, BuildId htlhash, Path path, String detail) implements Artifact {}

    /// Whether a file is an executable or a debug-only file.
    ///
    /// A debug-only file keeps program headers. By `eu-strip -f` they are those of the executable, by
    /// `objcopy --only-keep-debug` their offsets and sizes in the file are others. [Layout.Offsets] tells which.
    enum Code {
        PRESENT,
        ABSENT
    }

    /// Best first: `.symtab` has what `.dynsym` has, and more.
    enum Symbols {
        DEBUG_INFORMATION,
        SYMTAB,
        DYNSYM,
        NONE
    }
}
