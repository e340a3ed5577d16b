package dev.stackmapd.artifact.disk;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.Layout;
import java.nio.file.Path;
import java.util.Comparator;

/// A local file that is held under its build-id, or under its htlhash if it has none.
public sealed interface Artifact {

    /// Returns the id under which the file is held: its own build-id, or its [#htlhash].
    BuildId buildId();

    /// Returns OpenTelemetry's hash of the file's contents.
    BuildId htlhash();

    /// Returns the path of the file. Only the server may use it: a path must not reach a client.
    Path path();

    /// Orders files with the most symbols first, damaged files last.
    Comparator<Artifact> BEST_FIRST = damagedLast(Quality.BEST_FIRST);

    /// Orders files with the better kind of symbols first, damaged files last; files of one kind keep
    /// their order.
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
    /// @param code whether the file contains its code, so that its load segments are the executable's
    /// @param layout the addresses of its code
    record Binary(BuildId buildId, BuildId htlhash, Path path, Code code, Quality quality, Layout layout)
            implements Artifact {

        /// Returns the best kind of symbols of the file.
        public Symbols symbols() {
            return quality.symbols();
        }
    }

    /// An ELF file that has a readable build-id and is damaged elsewhere.
    ///
    /// @param detail what is damaged, and at which byte; contains no path
    record Damaged(BuildId buildId, BuildId htlhash, Path path, String detail) implements Artifact {}

    /// Distinguishes executables from debug-only files.
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
