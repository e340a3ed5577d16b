package dev.stackmapd.resolve;

import dev.stackmapd.process.Vma;
import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.resolve.BinaryHint.Claim;
import dev.stackmapd.resolve.BinaryHint.Target;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The claims of a batch about the files of one process. Immutable.
final class Hints {
    private final Map<Target.File, List<Claim>> claims = new HashMap<>();

    Hints(VmaIndex vmas, Collection<BinaryHint> hints) {
        FilesByName names = new FilesByName();
        if (hints.stream().anyMatch(hint -> hint.target() instanceof Target.Path)) {
            names.addAll(vmas);
        }
        for (BinaryHint hint : hints) {
            for (Target.File file : names.meantBy(hint.target())) {
                claims.computeIfAbsent(file, key -> new ArrayList<>()).add(hint.claim());
            }
        }
        claims.values().forEach(list -> list.sort(Comparator.comparingInt(Hints::rank)));
    }

    /// Build-ids first, then heads, each in the order of the batch.
    List<Claim> of(Target.File file) {
        return claims.getOrDefault(file, List.of());
    }

    private static int rank(Claim claim) {
        return switch (claim) {
            case Claim.Known known -> 0;
            case Claim.Head head -> 1;
        };
    }

    /// Which files the maps give a name.
    private static final class FilesByName {
        private final Map<PathName, Set<Target.File>> verbatim = new HashMap<>();
        private final Map<PathName, Set<Target.File>> unmarked = new HashMap<>();

        void addAll(VmaIndex vmas) {
            for (int i = 0; i < vmas.size(); i++) {
                if (vmas.hasFile(i)) {
                    add(vmas.get(i));
                }
            }
        }

        private void add(Vma vma) {
            PathName name = PathName.of(vma.pathBytes());
            Target.File file = new Target.File(vma.device(), vma.inode());
            verbatim.computeIfAbsent(name, key -> new HashSet<>()).add(file);
            unmarked.computeIfAbsent(name.unmarked(), key -> new HashSet<>()).add(file);
        }

        /// One file, or none.
        Set<Target.File> meantBy(Target target) {
            return switch (target) {
                case Target.File file -> Set.of(file);
                case Target.Path path -> {
                    Set<Target.File> files = verbatim.getOrDefault(
                            path.name(), unmarked.getOrDefault(path.name().unmarked(), Set.of()));
                    yield files.size() == 1 ? files : Set.of();
                }
            };
        }
    }
}
