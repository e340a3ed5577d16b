package dev.stackmapd.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.BuildIdParameter;
import dev.stackmapd.debuginfod.DebuginfodMetrics;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.request.ComputePool;
import dev.stackmapd.request.ForeignProtocol;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.store.BinaryStore;
import dev.stackmapd.store.SeenBinary;
import dev.stackmapd.upstream.FileRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// `/metadata`: finds build-ids by file name, and file names by build-id, as elfutils' server does since
/// 0.192 (debuginfod(8)).
///
/// Files are those that senders had mapped; responses contain no path of this host. Upstreams are not
/// queried.
@RestController
@ForeignProtocol
class MetadataController {
    /// Maximum number of results in one response.
    static final int MAX_RESULTS = 1_000;

    /// Maximum number of characters of a value.
    private static final int MAX_VALUE = 4_096;

    private static final Duration MAX_TIME = Duration.ofSeconds(5);

    private static final String TYPE = "metadata";

    private final BinaryStore store;
    private final Artifacts artifacts;
    private final ComputePool threads;
    private final DebuginfodMetrics metrics;
    private final JsonMapper json;

    MetadataController(
            BinaryStore store, Artifacts artifacts, ComputePool threads, DebuginfodMetrics metrics, JsonMapper json) {
        this.store = store;
        this.artifacts = artifacts;
        this.threads = threads;
        this.metrics = metrics;
        this.json = json;
    }

    /// The response to a search.
    ///
    /// @param results ordered by file and build-id
    /// @param complete false if there may be more results, because the search reached [#MAX_RESULTS] or
    ///     its time limit
    record MetadataJson(List<FoundFile> results, boolean complete) {}

    /// One match.
    ///
    /// @param type `executable` or `debuginfo`
    /// @param file the path at which the executable was mapped, for debug information too; absent if no
    ///     sender named one
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record FoundFile(String type, BuildId buildid, @Nullable String file) {
        static final Comparator<FoundFile> BY_FILE = Comparator.comparing(
                        FoundFile::file, Comparator.nullsFirst(Comparator.naturalOrder()))
                .thenComparing(FoundFile::buildid)
                .thenComparing(FoundFile::type);
    }

    @GetMapping(path = "/metadata", produces = MediaType.APPLICATION_JSON_VALUE)
    byte[] metadata(@RequestParam Optional<String> key, @RequestParam Optional<String> value) {
        long start = System.nanoTime();
        metrics.asked(TYPE);
        HttpStatus status = HttpStatus.INTERNAL_SERVER_ERROR;
        byte[] body = {};
        try {
            Search search = search(key.orElse(""), value.orElse(""), start);
            body = json.writeValueAsBytes(threads.compute(search::answer));
            status = HttpStatus.OK;
            return body;
        } catch (RejectionException e) {
            status = e.category() == RejectionException.Category.BUSY
                    ? HttpStatus.SERVICE_UNAVAILABLE
                    : HttpStatus.BAD_REQUEST;
            throw e;
        } finally {
            metrics.answered(TYPE, status.value(), body.length, System.nanoTime() - start);
        }
    }

    private Search search(String key, String value, long start) {
        if (value.isEmpty() || value.length() > MAX_VALUE) {
            throw RejectionException.invalid("value", "must have 1 to %d characters".formatted(MAX_VALUE));
        }
        BooleanSupplier late = () -> System.nanoTime() - start > MAX_TIME.toNanos();
        return switch (key) {
            case "file" -> new Search(store, artifacts, value::equals, late);
            case "glob" -> new Search(store, artifacts, new Glob(value), late);
            case "buildid" -> new Search(store, artifacts, BuildIdParameter.parse(value, "value"), late);
            default -> throw RejectionException.invalid("key", "must be file, glob or buildid");
        };
    }

    /// One search, which is run once. Not thread-safe.
    static final class Search {
        private final Runnable search;
        private final Artifacts artifacts;
        private final Predicate<String> file;
        private final BooleanSupplier late;
        private final List<FoundFile> results = new ArrayList<>();
        private boolean complete = true;

        /// Creates a search for all binaries that were mapped from a matching path.
        ///
        /// @param late returns true when the time limit is reached
        Search(BinaryStore store, Artifacts artifacts, Predicate<String> file, BooleanSupplier late) {
            this.search = () -> store.walk(seen -> {
                add(seen);
                return complete;
            });
            this.artifacts = artifacts;
            this.file = file;
            this.late = late;
        }

        /// Creates a search for one binary, which may be held without having been seen in a stack.
        Search(BinaryStore store, Artifacts artifacts, BuildId buildId, BooleanSupplier late) {
            this.search = () -> store.find(buildId)
                    .filter(seen -> !seen.paths().isEmpty())
                    .ifPresentOrElse(this::add, () -> addUnnamed(buildId));
            this.artifacts = artifacts;
            this.file = path -> true;
            this.late = late;
        }

        MetadataJson answer() {
            search.run();
            results.sort(FoundFile.BY_FILE);
            return new MetadataJson(results, complete);
        }

        private void add(SeenBinary seen) {
            complete &= !late.getAsBoolean();
            List<String> files = seen.paths().stream().filter(file).toList();
            if (!complete || files.isEmpty()) {
                return;
            }
            // Its code was executed, so an executable exists somewhere.
            Set<FileRequest.BinaryKind> kinds = EnumSet.of(FileRequest.BinaryKind.EXECUTABLE);
            kinds.addAll(artifacts.heldKinds(seen.buildId()));
            BuildId own = artifacts.ownBuildId(seen.buildId());
            for (String path : files) {
                kinds.forEach(kind -> add(new FoundFile(kind.segments(), own, path)));
            }
        }

        private void addUnnamed(BuildId buildId) {
            BuildId own = artifacts.ownBuildId(buildId);
            artifacts.heldKinds(buildId).forEach(kind -> add(new FoundFile(kind.segments(), own, null)));
        }

        private void add(FoundFile result) {
            if (results.size() == MAX_RESULTS) {
                complete = false;
            } else {
                results.add(result);
            }
        }
    }
}
