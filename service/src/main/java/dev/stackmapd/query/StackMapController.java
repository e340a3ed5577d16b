package dev.stackmapd.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.ingest.Batch;
import dev.stackmapd.ingest.BatchDecoder;
import dev.stackmapd.ingest.BatchReceipt;
import dev.stackmapd.ingest.BatchTranslation;
import dev.stackmapd.kernelmap.KernelCounters;
import dev.stackmapd.kernelmap.KernelErrno;
import dev.stackmapd.kernelmap.KernelError;
import dev.stackmapd.kernelmap.KernelMapAttributes;
import dev.stackmapd.kernelmap.KernelMapAttributes.Contents;
import dev.stackmapd.kernelmap.KernelStackMap;
import dev.stackmapd.kernelmap.KernelStackMap.Removal;
import dev.stackmapd.kernelmap.KernelStackMaps;
import dev.stackmapd.kernelmap.KernelStackMaps.NamedCreation;
import dev.stackmapd.query.KernelErrorException.Operation;
import dev.stackmapd.request.ComputePool;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.request.TakesBody;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Stack;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/// `/v1/stackmaps`: named, bounded stack maps with the behaviour of the kernel's.
@RestController
@RequestMapping(path = "/v1/stackmaps/{name}", produces = MediaType.APPLICATION_JSON_VALUE)
class StackMapController {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,128}");
    private static final int MAX_SKIP = 255;
    private static final int MAX_IDS = 10_000;

    private final KernelStackMaps maps;
    private final BatchDecoder decoder;
    private final BatchTranslation.Sources sources;
    private final ComputePool threads;
    private final InstantSource clock;

    StackMapController(
            KernelStackMaps maps,
            BatchDecoder decoder,
            BatchTranslation.Sources sources,
            @Qualifier("ingestThreads") ComputePool threads,
            InstantSource clock) {
        this.maps = maps;
        this.decoder = decoder;
        this.sources = sources;
        this.threads = threads;
        this.clock = clock;
    }

    /// The requested attributes of a map.
    ///
    /// @param maxEntries maximum number of stacks
    /// @param depth maximum number of frames of a stack; 127 if absent
    /// @param buildId true to store frames as build-id and offset; false if absent
    record MapRequest(
            @Nullable Long maxEntries,
            @Nullable Integer depth,
            @Nullable Boolean buildId) {

        KernelMapAttributes checked() {
            if (maxEntries == null) {
                throw RejectionException.invalid("maxEntries", "is missing");
            }
            return new KernelMapAttributes(
                    maxEntries,
                    depth == null ? KernelMapAttributes.DEFAULT_DEPTH_LIMIT : depth,
                    buildId != null && buildId ? Contents.BUILD_ID : Contents.IP);
        }
    }

    /// The description of a map.
    ///
    /// @param buckets exclusive upper bound of ids
    record MapJson(
            String name,
            long maxEntries,
            int depth,
            boolean buildId,
            int buckets,
            int entries,
            KernelCounters counters) {

        static MapJson of(String name, KernelStackMap map) {
            KernelMapAttributes attributes = map.attributes();
            KernelCounters counters = map.counters();
            return new MapJson(
                    name,
                    attributes.maxEntries(),
                    attributes.depth(),
                    attributes.contents() == Contents.BUILD_ID,
                    attributes.buckets(),
                    counters.entries(),
                    counters);
        }
    }

    @PutMapping
    ResponseEntity<MapJson> create(@PathVariable String name, @RequestBody MapRequest attributes) {
        if (!NAME.matcher(name).matches()) {
            throw RejectionException.invalid("name", "must be 1 to 128 of A-Z a-z 0-9 _ . -");
        }
        return switch (maps.create(name, attributes.checked())) {
            case NamedCreation.Created created ->
                ResponseEntity.status(HttpStatus.CREATED).body(MapJson.of(name, created.map()));
            case NamedCreation.Same same -> ResponseEntity.ok(MapJson.of(name, same.map()));
            case NamedCreation.Different _ ->
                throw RejectionException.of(
                        RejectionException.Category.CONFLICT, "name", "names a map with other attributes already");
            case NamedCreation.Refused refused -> throw new KernelErrorException(refused.error(), Operation.CREATE);
        };
    }

    @GetMapping
    MapJson describe(@PathVariable String name) {
        return MapJson.of(name, map(name));
    }

    @DeleteMapping
    ResponseEntity<Void> drop(@PathVariable String name) {
        if (!maps.drop(name)) {
            throw noSuchMap();
        }
        return ResponseEntity.noContent().build();
    }

    /// The response to an insertion.
    ///
    /// @param results one number for each stack, in order: the id, or a negated error number, as
    ///     `bpf_get_stackid` returns it
    /// @param warnings as in the receipt of a batch; absent if there are none
    record InsertResults(
            List<Integer> results,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<BatchReceipt.Warning> warnings) {}

    @TakesBody(TakesBody.BodyType.BATCH)
    @PostMapping(path = "/stacks", consumes = MediaType.APPLICATION_JSON_VALUE)
    InsertResults insert(
            @PathVariable String name,
            @RequestParam(defaultValue = "0") int skip,
            @RequestParam(defaultValue = "false") boolean fast,
            @RequestParam(defaultValue = "false") boolean reuse,
            HttpServletRequest request)
            throws IOException {
        if (skip < 0 || skip > MAX_SKIP) {
            throw RejectionException.invalid("skip", "must be 0 to %d".formatted(MAX_SKIP));
        }
        KernelStackMap map = map(name);
        long flags = skip
                | KernelStackMap.USER_STACK
                | (fast ? KernelStackMap.FAST_STACK_CMP : 0)
                | (reuse ? KernelStackMap.REUSE_STACKID : 0);
        try (InputStream body = request.getInputStream()) {
            Batch batch = decoder.decode(body, clock.instant());
            return threads.compute(() -> insert(map, batch, flags));
        }
    }

    private InsertResults insert(KernelStackMap map, Batch batch, long flags) {
        try (FrameBases.Claim bases = maps.bases()) {
            BatchTranslation translation = sources.translation(batch, bases, BuildIdProfile.KERNEL);
            check(map, batch, translation);
            return insert(map, batch, flags, translation);
        }
    }

    private static void check(KernelStackMap map, Batch batch, BatchTranslation translation) {
        boolean translates = map.attributes().contents() == Contents.BUILD_ID;
        for (int i = 0; i < batch.stacks(); i++) {
            if (batch.form(i) != Batch.Form.IPS) {
                throw RejectionException.invalid(
                        "stacks[%d]".formatted(i), "a kernel-style map hashes raw ips (SID-11); send ips");
            }
            if (translates) {
                translation.prepare(i);
            }
        }
    }

    /// Inserts the stacks one by one. The map copies the build-ids of each stack, so dictionary numbers
    /// are used only during the batch.
    private static InsertResults insert(KernelStackMap map, Batch batch, long flags, BatchTranslation translation) {
        PackedStack frames = new PackedStack();
        List<Integer> results = new ArrayList<>(batch.stacks());
        for (int i = 0; i < batch.stacks(); i++) {
            int stack = i;
            results.add(map.insert(batch.values(), batch.from(i), batch.end(i), flags, (ips, from, to) -> {
                translation.translate(stack, from, to, frames);
                return frames;
            }));
        }
        return new InsertResults(results, translation.warnings());
    }

    /// A stack of a map.
    ///
    /// @param frames from leaf to root
    record MapStackJson(int id, List<FrameJson> frames) {

        static MapStackJson of(int id, Stack stack) {
            List<FrameJson> frames = new ArrayList<>(stack.frames().size());
            for (Frame frame : stack.frames()) {
                frames.add(
                        switch (frame) {
                            case Frame.Raw raw -> StackRenderer.raw(raw);
                            case Frame.InFile inFile -> StackRenderer.unnamed(inFile);
                            case Frame.InKernel _, Frame.Named _ ->
                                throw new IllegalStateException("the kernel's map has no such frame: " + frame);
                        });
            }
            return new MapStackJson(id, frames);
        }
    }

    @GetMapping("/stacks/{id}")
    MapStackJson read(@PathVariable String name, @PathVariable int id) {
        return map(name)
                .get(id)
                .map(stack -> MapStackJson.of(id, stack))
                .orElseThrow(() -> new KernelErrorException(
                        new KernelError(KernelErrno.ENOENT, "MAP-31", "no stack has the id " + id), Operation.LOOK_UP));
    }

    @DeleteMapping("/stacks/{id}")
    ResponseEntity<MapStackJson> remove(
            @PathVariable String name, @PathVariable int id, @RequestParam(defaultValue = "false") boolean take) {
        KernelStackMap map = map(name);
        return switch (take ? map.take(id) : map.delete(id)) {
            case Removal.Removed removed ->
                take
                        ? ResponseEntity.ok(MapStackJson.of(id, removed.stack()))
                        : ResponseEntity.noContent().build();
            case Removal.Absent absent -> throw new KernelErrorException(absent.error(), Operation.REMOVE);
        };
    }

    /// A page of ids.
    ///
    /// @param next the cursor of the next page; absent on the last one
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record MapIdPage(List<Integer> ids, @Nullable Integer next) {}

    @GetMapping("/stacks")
    MapIdPage page(
            @PathVariable String name,
            @RequestParam Optional<Integer> after,
            @RequestParam(defaultValue = "100") int limit) {
        if (limit < 1 || limit > MAX_IDS) {
            throw RejectionException.invalid("limit", "must be 1 to %d".formatted(MAX_IDS));
        }
        KernelStackMap map = map(name);
        List<Integer> ids = after.map(id -> map.after(id, limit + 1)).orElseGet(() -> map.first(limit + 1));
        return ids.size() <= limit
                ? new MapIdPage(ids, null)
                : new MapIdPage(ids.subList(0, limit), ids.get(limit - 1));
    }

    private KernelStackMap map(String name) {
        return maps.find(name).orElseThrow(StackMapController::noSuchMap);
    }

    private static ResponseStatusException noSuchMap() {
        return new ResponseStatusException(HttpStatus.NOT_FOUND, "no stack map has this name");
    }
}
