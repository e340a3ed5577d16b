package dev.stackmapd.resolve;

import dev.stackmapd.process.Device;
import dev.stackmapd.process.Vma;
import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.resolve.BinaryHint.Identification;
import dev.stackmapd.resolve.BinaryHint.Target;
import dev.stackmapd.resolve.linux.PathName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The hints of a batch about the files of one process, indexed by file. Immutable.
final class Hints {
    private final Map<MappedFile, List<Identification>> identifications = new HashMap<>();

    Hints(VmaIndex vmas, Collection<BinaryHint> hints) {
        if (hints.isEmpty()) {
            return;
        }
        MappedFiles files = new MappedFiles(vmas);
        for (BinaryHint hint : hints) {
            files.meantBy(hint.target())
                    .ifPresent(file -> identifications
                            .computeIfAbsent(file, key -> new ArrayList<>())
                            .add(hint.identification()));
        }
        identifications.values().forEach(list -> list.sort(Comparator.comparingInt(Hints::rank)));
    }

    /// Returns the identifications of a file: build-ids first, then heads, each in the order of the
    /// batch.
    List<Identification> of(MappedFile file) {
        return identifications.getOrDefault(file, List.of());
    }

    private static int rank(Identification identification) {
        return switch (identification) {
            case Identification.Known known -> 0;
            case Identification.Head head -> 1;
        };
    }

    /// The mapped files of one process, indexed by every key that a target may have. A look-up takes
    /// constant time even if many files share a name or a number.
    private static final class MappedFiles {
        /// A mapping of each file, in the order of the maps text.
        private final Map<MappedFile, Vma> files = new LinkedHashMap<>();

        /// Filled at the first target that does not equal a mapped file.
        private final Map<Key, Set<MappedFile>> byKey = new HashMap<>();

        private enum Form {
            VERBATIM,
            /// With the escapes of the maps text undone.
            UNESCAPED,
            /// Without the suffix of a deleted file.
            UNMARKED
        }

        private sealed interface Key {
            record Name(Form form, PathName name) implements Key {}

            record NameAndInode(Form form, PathName name, long inode) implements Key {}

            record Numbers(Device device, long inode) implements Key {}
        }

        MappedFiles(VmaIndex vmas) {
            for (int i = 0; i < vmas.size(); i++) {
                if (vmas.hasFile(i)) {
                    Vma vma = vmas.get(i);
                    files.putIfAbsent(MappedFile.of(vma), vma);
                }
            }
        }

        /// Returns the file that a target identifies; empty if no file or more than one matches.
        Optional<MappedFile> meantBy(Target target) {
            return switch (target) {
                case Target.File(MappedFile file) when files.containsKey(file) -> Optional.of(file);
                case Target.File(MappedFile file) -> called(file.name(), file.inode());
                case Target.PathAndInode(PathName name, long inode) -> called(name, inode);
                case Target.Path(PathName name) ->
                    first(
                            new Key.Name(Form.VERBATIM, name),
                            new Key.Name(Form.UNESCAPED, name),
                            new Key.Name(Form.UNMARKED, name.unmarked()));
                case Target.Inode(Device device, long inode) -> first(new Key.Numbers(device, inode));
            };
        }

        private Optional<MappedFile> called(PathName name, long inode) {
            return first(
                    new Key.NameAndInode(Form.VERBATIM, name, inode),
                    new Key.NameAndInode(Form.UNESCAPED, name, inode),
                    new Key.NameAndInode(Form.UNMARKED, name.unmarked(), inode));
        }

        /// Returns the file of the first key that any file has; empty if several files have this key.
        private Optional<MappedFile> first(Key... keys) {
            if (byKey.isEmpty()) {
                files.forEach(this::index);
            }
            for (Key key : keys) {
                Set<MappedFile> found = byKey.getOrDefault(key, Set.of());
                if (!found.isEmpty()) {
                    return found.size() == 1 ? Optional.of(found.iterator().next()) : Optional.empty();
                }
            }
            return Optional.empty();
        }

        private void index(MappedFile file, Vma vma) {
            PathName unescaped = PathName.of(vma.unescapedPathBytes());
            put(new Key.Numbers(file.device(), file.inode()), file);
            put(Form.VERBATIM, file.name(), file);
            put(Form.UNESCAPED, unescaped, file);
            put(Form.UNMARKED, file.name().unmarked(), file);
            put(Form.UNMARKED, unescaped.unmarked(), file);
        }

        private void put(Form form, PathName name, MappedFile file) {
            put(new Key.Name(form, name), file);
            put(new Key.NameAndInode(form, name, file.inode()), file);
        }

        private void put(Key key, MappedFile file) {
            byKey.computeIfAbsent(key, any -> new LinkedHashSet<>(2)).add(file);
        }
    }
}
