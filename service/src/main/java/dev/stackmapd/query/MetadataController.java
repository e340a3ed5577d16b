package dev.stackmapd.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.BuildIdParameter;
import dev.stackmapd.debuginfod.DebuginfodMetrics;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.request.ComputeThreads;
import dev.stackmapd.request.ForeignProtocol;
import dev.stackmapd.request.RefusedException;
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

/// `/metadata`: which build-ids a file had, and the other way round, as elfutils' server has it since 0.192
/// (debuginfod(8)).
///
/// Files are those that senders had mapped: no path of this host is in an answer. Upstreams are not asked.
@RestController
@ForeignProtocol
class MetadataController {
    /// Results of one answer.
    static final int MAX_RESULTS = 1_000;

    /// Characters of a value.
    private static final int MAX_VALUE = 4_096;

    private static final Duration MAX_TIME = Duration.ofSeconds(5);

    private static final String TYPE = "metadata";

    private final BinaryStore store;
    private final Artifacts artifacts;
    private final ComputeThreads threads;
    private final DebuginfodMetrics metrics;
    private final JsonMapper json;

    MetadataController(
            BinaryStore store,
            Artifacts artifacts,
            ComputeThreads threads,
            DebuginfodMetrics metrics,
            JsonMapper json) {
        this.store = store;
        this.artifacts = artifacts;
        this.threads = threads;
        this.metrics = metrics;
        this.json = json;
    }

    /// @param results by file and build-id
    /// @param complete false where there may be more: the search ended at [#MAX_RESULTS] or at its time
    record Answer(List<Result> results, boolean complete) {}

    /// @param type `executable` or `debuginfo`
    /// @param file where the executable was mapped, of debug information too; absent where no sender said
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(String type, BuildId buildid, @Nullable String file) {
        static final Comparator<Result> BY_FILE = Comparator.comparing(
                        Result::file, Comparator.nullsFirst(Comparator.naturalOrder()))
                .thenComparing(Result::buildid)
                .thenComparing(Result::type);
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
        } catch (RefusedException e) {
            status = e.kind() == RefusedException.Kind.BUSY ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.BAD_REQUEST;
            throw e;
        } finally {
            metrics.answered(TYPE, status.value(), body.length, System.nanoTime() - start);
        }
    }

    private Search search(String key, String value, long start) {
        if (value.isEmpty() || value.length() > MAX_VALUE) {
            throw RefusedException.invalid("value", "must have 1 to %d characters".formatted(MAX_VALUE));
        }
        BooleanSupplier late = () -> System.nanoTime() - start > MAX_TIME.toNanos();
        return switch (key) {
            case "file" -> new Search(store, artifacts, value::equals, late);
            case "glob" -> new Search(store, artifacts, new Glob(value), late);
            case "buildid" -> new Search(store, artifacts, BuildIdParameter.parse(value, "value"), late);
            default -> throw RefusedException.invalid("key", "must be file, glob or buildid");
        };
    }

    /// One search. For one thread, once.
    static final class Search {
        private final Runnable search;
        private final Artifacts artifacts;
        private final Predicate<String> file;
        private final BooleanSupplier late;
        private final List<Result> results = new ArrayList<>();
        private boolean complete = true;

        /// Of all binaries that were mapped from such a file.
        ///
        /// @param late true once the search has to end
        Search(BinaryStore store, Artifacts artifacts, Predicate<String> file, BooleanSupplier late) {
            this.search = () -> store.walk(seen -> {
                add(seen);
                return complete;
            });
            this.artifacts = artifacts;
            this.file = file;
            this.late = late;
        }

        /// Of one binary, also of one that is held and was never seen.
        Search(BinaryStore store, Artifacts artifacts, BuildId buildId, BooleanSupplier late) {
            this.search = () -> store.find(buildId)
                    .filter(seen -> !seen.paths().isEmpty())
                    .ifPresentOrElse(this::add, () -> addUnnamed(buildId));
            this.artifacts = artifacts;
            this.file = path -> true;
            this.late = late;
        }

        Answer answer() {
            search.run();
            results.sort(Result.BY_FILE);
            return new Answer(results, complete);
        }

        private void add(SeenBinary seen) {
            complete &= !late.getAsBoolean();
            List<String> files = seen.paths().stream().filter(file).toList();
            if (!complete || files.isEmpty()) {
                return;
            }
            // Its code was run, so there is an executable, whoever has it.
            Set<FileRequest.BinaryKind> kinds = EnumSet.of(FileRequest.BinaryKind.EXECUTABLE);
            kinds.addAll(artifacts.heldKinds(seen.buildId()));
            BuildId own = artifacts.ownBuildId(seen.buildId());
            for (String path : files) {
                kinds.forEach(kind -> add(new Result(kind.segments(), own, path)));
            }
        }

        private void addUnnamed(BuildId buildId) {
            BuildId own = artifacts.ownBuildId(buildId);
            artifacts.heldKinds(buildId).forEach(kind -> add(new Result(kind.segments(), own, null)));
        }

        private void add(Result result) {
            if (results.size() == MAX_RESULTS) {
                complete = false;
            } else {
                results.add(result);
            }
        }
    }
}
