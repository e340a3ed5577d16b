package dev.stackmapd.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.BuildIdParameter;
import dev.stackmapd.artifact.UpstreamAnswer;
import dev.stackmapd.artifact.describe.ArtifactAnswer;
import dev.stackmapd.artifact.describe.ConflictAnswer;
import dev.stackmapd.artifact.describe.DamageAnswer;
import dev.stackmapd.artifact.describe.ElfDescription;
import dev.stackmapd.artifact.disk.Artifact;
import dev.stackmapd.artifact.disk.HeldArtifact;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.query.FrameJson.MissingPartJson;
import dev.stackmapd.query.FrameJson.NamingOutcome;
import dev.stackmapd.request.ComputePool;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.request.TakesBody;
import dev.stackmapd.store.BinaryStore;
import dev.stackmapd.store.SeenBinary;
import dev.stackmapd.symbolize.BinaryState;
import dev.stackmapd.symbolize.Prewarming;
import dev.stackmapd.symbolize.Symbolizer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/// `/v1/binaries`: lists and describes binaries, and explains why their code cannot be symbolized.
@RestController
@RequestMapping(path = "/v1/binaries", produces = MediaType.APPLICATION_JSON_VALUE)
class BinaryController {
    private static final int MAX_PAGE = 1_000;
    private static final int MAX_PREWARMED = 10_000;

    private final BinaryStore store;
    private final Artifacts artifacts;
    private final Symbolizer symbolizer;
    private final Prewarming prewarming;
    private final ComputePool threads;

    BinaryController(
            BinaryStore store, Artifacts artifacts, Symbolizer symbolizer, Prewarming prewarming, ComputePool threads) {
        this.store = store;
        this.artifacts = artifacts;
        this.symbolizer = symbolizer;
        this.prewarming = prewarming;
        this.threads = threads;
    }

    /// A binary with frames in stored stacks.
    ///
    /// @param paths at which it was mapped
    record SeenBinaryJson(BuildId buildId, List<String> paths, long frames, Instant firstSeen, Instant lastSeen) {
        static SeenBinaryJson of(SeenBinary seen) {
            return new SeenBinaryJson(seen.buildId(), seen.paths(), seen.frames(), seen.firstSeen(), seen.lastSeen());
        }
    }

    /// A page of binaries.
    ///
    /// @param next the cursor of the next page; absent on the last one
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record BinaryPage(
            List<SeenBinaryJson> binaries, @Nullable String next) {}

    /// Returns binaries in descending order of frames.
    ///
    /// @param missing selects binaries that cannot be symbolized with the held files; not paginated
    @GetMapping
    BinaryPage page(
            @RequestParam(defaultValue = "false") boolean missing,
            @RequestParam Optional<String> after,
            @RequestParam(defaultValue = "100") int limit) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw RejectionException.invalid("limit", "must be 1 to %d".formatted(MAX_PAGE));
        }
        if (missing && after.isPresent()) {
            throw RejectionException.invalid("after", "does not go with missing=true, which has one page");
        }
        return threads.compute(() -> missing ? missing(limit) : page(after, limit));
    }

    private BinaryPage page(Optional<String> after, int limit) {
        dev.stackmapd.store.Page<SeenBinary> page = store.page(after, limit);
        return new BinaryPage(page.items().stream().map(SeenBinaryJson::of).toList(), page.next());
    }

    private BinaryPage missing(int limit) {
        List<SeenBinaryJson> found = new ArrayList<>();
        store.walk(seen -> {
            if (!artifacts.isNameable(seen.buildId())) {
                found.add(SeenBinaryJson.of(seen));
            }
            return found.size() < limit;
        });
        return new BinaryPage(found, null);
    }

    /// The description of one build-id.
    ///
    /// @param buildId the id of the file if one is held; otherwise the shortest form that occurred in
    ///     frames
    /// @param frames number of its frames, 0 if no stored stack has one
    /// @param outcome of symbolizing its code now; `KNOWN` if that is possible
    /// @param detail why its code cannot be symbolized
    /// @param names `INDEX` or `FILES`: the source of names
    /// @param noIndex why no index of these files exists or will be built soon
    /// @param lacking up to 100 parts of the debug information that are known to be missing
    /// @param conflicts the last files that contradicted the accepted ones, the latest first
    /// @param damaged files that were removed because their bytes had changed on disk
    /// @param upstreams the last response of each upstream
    /// @param description of the file with the code, or else of another file
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record BinaryJson(
            BuildId buildId,
            List<String> paths,
            long frames,
            @Nullable Instant firstSeen,
            @Nullable Instant lastSeen,
            NamingOutcome outcome,
            @Nullable String detail,
            BinaryState.@Nullable NameSource names,
            @Nullable String noIndex,
            @Nullable List<MissingPartJson> lacking,
            List<ArtifactAnswer> artifacts,
            List<ConflictAnswer> conflicts,
            List<DamageAnswer> damaged,
            List<UpstreamAnswer> upstreams,
            @Nullable ElfDescription description) {}

    @GetMapping("/{buildId:(?!prewarm$).*}")
    BinaryJson one(@PathVariable String buildId) {
        BuildId wanted = BuildIdParameter.parse(buildId, "buildId");
        return threads.compute(() -> explain(wanted));
    }

    /// Describes a build-id, or an htlhash, whose file may be held under its build-id.
    private BinaryJson explain(BuildId asked) {
        BuildId buildId = artifacts.heldAs(asked);
        Optional<SeenBinary> seen = store.find(asked).or(() -> store.find(buildId));
        List<ArtifactAnswer> held = held(buildId);
        List<ConflictAnswer> conflicts =
                artifacts.conflicts(buildId).stream().map(ConflictAnswer::of).toList();
        List<DamageAnswer> damaged =
                artifacts.damages(buildId).stream().map(DamageAnswer::of).toList();
        if (seen.isEmpty()
                && held.isEmpty()
                && conflicts.isEmpty()
                && damaged.isEmpty()
                && artifacts.answers(buildId).isEmpty()) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "nothing is known of this build-id");
        }
        BinaryState state = symbolizer.state(buildId);
        return new BinaryJson(
                held.isEmpty() ? seen.map(SeenBinary::buildId).orElse(buildId) : artifacts.ownBuildId(buildId),
                seen.map(SeenBinary::paths).orElse(List.of()),
                seen.map(SeenBinary::frames).orElse(0L),
                seen.map(SeenBinary::firstSeen).orElse(null),
                seen.map(SeenBinary::lastSeen).orElse(null),
                outcome(state),
                detail(state),
                state instanceof BinaryState.Open open ? open.names() : null,
                state instanceof BinaryState.Open open && !open.noIndex().isEmpty() ? open.noIndex() : null,
                state instanceof BinaryState.Open open ? MissingPartJson.of(open.lacking()) : null,
                held,
                conflicts,
                damaged,
                artifacts.answers(buildId),
                artifacts.describe(buildId).orElse(null));
    }

    private List<ArtifactAnswer> held(BuildId buildId) {
        List<ArtifactAnswer> held = new ArrayList<>();
        for (HeldArtifact stored : artifacts.stored(buildId)) {
            held.add(ArtifactAnswer.of(stored));
        }
        for (Artifact inFolder : artifacts.inFolders(buildId)) {
            held.add(ArtifactAnswer.of(inFolder));
        }
        return held;
    }

    private static NamingOutcome outcome(BinaryState state) {
        return switch (state) {
            case BinaryState.Open open -> NamingOutcome.KNOWN;
            case BinaryState.Broken broken -> NamingOutcome.BAD_BINARY;
            case BinaryState.Absent absent -> StackRenderer.outcome(absent.cause());
        };
    }

    private static @Nullable String detail(BinaryState state) {
        return switch (state) {
            case BinaryState.Open open -> null;
            case BinaryState.Broken broken -> broken.detail();
            case BinaryState.Absent absent -> StackRenderer.detail(absent.cause());
        };
    }

    /// Enqueues binaries to be opened in the background, which also fetches missing files and builds
    /// indexes.
    @TakesBody(TakesBody.BodyType.QUESTION)
    @PostMapping("/prewarm")
    ResponseEntity<PrewarmAccepted> prewarm(@RequestBody PrewarmRequest wanted) {
        Set<BuildId> buildIds = wanted.checked();
        if (!prewarming.add(buildIds)) {
            throw RejectionException.of(RejectionException.Category.BUSY, "too many binaries are waiting already");
        }
        return ResponseEntity.accepted().body(new PrewarmAccepted(buildIds.size()));
    }

    /// The response to a prewarm request.
    ///
    /// @param accepted number of distinct build-ids
    record PrewarmAccepted(int accepted) {}

    record PrewarmRequest(@Nullable List<@Nullable BuildId> buildIds) {

        Set<BuildId> checked() {
            if (buildIds == null) {
                throw RejectionException.invalid("buildIds", "is missing");
            }
            if (buildIds.size() > MAX_PREWARMED) {
                throw RejectionException.tooLarge("buildIds", "more than %d".formatted(MAX_PREWARMED));
            }
            Set<BuildId> checked = new LinkedHashSet<>();
            for (int i = 0; i < buildIds.size(); i++) {
                BuildId buildId = buildIds.get(i);
                if (buildId == null) {
                    throw RejectionException.invalid("buildIds[%d]".formatted(i), "must not be null");
                }
                checked.add(buildId);
            }
            return checked;
        }
    }
}
