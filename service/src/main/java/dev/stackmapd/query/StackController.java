package dev.stackmapd.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stackmapd.query.StackRenderer.FoundStack;
import dev.stackmapd.query.StackRenderer.ResponseSize;
import dev.stackmapd.query.StackRenderer.StackJson;
import dev.stackmapd.request.ComputePool;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.request.TakesBody;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import dev.stackmapd.store.StackStore;
import dev.stackmapd.symbolize.IndexDemand;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/// `/v1/stacks`: returns one stored stack, many, or pages of ids.
@RestController
@RequestMapping(path = "/v1/stacks", produces = MediaType.APPLICATION_JSON_VALUE)
class StackController {
    private static final int MAX_IDS = 10_000;
    private static final int FOUND_AT_ONCE = 128;

    private final StackStore store;
    private final StackRenderer renderer;
    private final ComputePool threads;

    StackController(StackStore store, StackRenderer renderer, ComputePool threads) {
        this.store = store;
        this.renderer = renderer;
        this.threads = threads;
    }

    @GetMapping("/{id:(?!query$).*}")
    StackJson one(
            @PathVariable String id,
            @RequestParam(defaultValue = "true") boolean symbols,
            @RequestParam(defaultValue = "full") String demangle) {
        StackId wanted = parse(id, "id");
        RequestedNames names = names(symbols, demangle);
        return store.find(wanted)
                .map(stack -> new FoundStack(wanted, stack))
                .map(found -> threads.compute(() ->
                        renderer.of(List.of(found), names, renderer.size()).getFirst()))
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "no stack has this id"));
    }

    @TakesBody(TakesBody.BodyType.QUESTION)
    @PostMapping("/query")
    StacksJson many(
            @RequestBody StackQuery query,
            @RequestParam(defaultValue = "true") boolean symbols,
            @RequestParam(defaultValue = "full") String demangle) {
        RequestedNames names = names(symbols, demangle);
        List<StackId> ids = query.checked();
        switch (names) {
            case RequestedNames.Demangled _ -> renderer.awaitIndexes(threads.compute(() -> asked(ids)), threads);
            case RequestedNames.None _ -> {}
        }
        return threads.compute(() -> many(ids, names));
    }

    private static RequestedNames names(boolean symbols, String demangle) {
        RequestedNames demangled = RequestedNames.demangled(demangle);
        return symbols ? demangled : new RequestedNames.None();
    }

    private IndexDemand asked(List<StackId> ids) {
        IndexDemand asked = new IndexDemand();
        forEachPart(
                ids,
                part -> part.stream()
                        .flatMap(Optional::stream)
                        .flatMap(found -> found.stack().frames().stream())
                        .forEach(frame -> {
                            if (frame instanceof Frame.InFile inFile) {
                                asked.add(inFile);
                            }
                        }));
        return asked;
    }

    private StacksJson many(List<StackId> ids, RequestedNames names) {
        ResponseSize size = renderer.size();
        List<@Nullable StackJson> stacks = new ArrayList<>(ids.size());
        forEachPart(ids, part -> stacks.addAll(answered(part, names, size)));
        return new StacksJson(stacks);
    }

    /// Renders one part of the stacks.
    ///
    /// @return stacks in the order of `part`, null for an unknown id
    private List<@Nullable StackJson> answered(
            List<Optional<FoundStack>> part, RequestedNames names, ResponseSize size) {
        List<FoundStack> known = part.stream().flatMap(Optional::stream).toList();
        Iterator<StackJson> answered = renderer.of(known, names, size).iterator();
        List<@Nullable StackJson> stacks = new ArrayList<>(part.size());
        part.forEach(found -> stacks.add(found.isPresent() ? answered.next() : null));
        return stacks;
    }

    /// Finds stacks in parts of [#FOUND_AT_ONCE]. The frames of one part are symbolized together; a
    /// response that is too large is rejected before the stacks of all parts are in memory.
    private void forEachPart(List<StackId> ids, Consumer<List<Optional<FoundStack>>> consumer) {
        for (int from = 0; from < ids.size(); from += FOUND_AT_ONCE) {
            List<StackId> part = ids.subList(from, Math.min(ids.size(), from + FOUND_AT_ONCE));
            List<Optional<Stack>> stacks = store.find(part);
            List<Optional<FoundStack>> found = new ArrayList<>(part.size());
            for (int i = 0; i < part.size(); i++) {
                StackId id = part.get(i);
                found.add(stacks.get(i).map(stack -> new FoundStack(id, stack)));
            }
            consumer.accept(found);
        }
    }

    @GetMapping
    StackIdPage page(@RequestParam Optional<String> after, @RequestParam(defaultValue = "100") int limit) {
        if (limit < 1 || limit > MAX_IDS) {
            throw RejectionException.invalid("limit", "must be 1 to %d".formatted(MAX_IDS));
        }
        dev.stackmapd.store.Page<StackId> page = store.page(after, limit);
        return new StackIdPage(page.items(), page.next());
    }

    private static StackId parse(String id, String field) {
        return StackId.parse(id)
                .orElseThrow(() -> RejectionException.invalid(field, "must be 32 lower-case hex digits"));
    }

    record StackQuery(@Nullable List<@Nullable String> ids) {

        List<StackId> checked() {
            if (ids == null) {
                throw RejectionException.invalid("ids", "is missing");
            }
            if (ids.size() > MAX_IDS) {
                throw RejectionException.tooLarge("ids", "more than %d".formatted(MAX_IDS));
            }
            List<StackId> checked = new ArrayList<>(ids.size());
            for (String id : ids) {
                String at = "ids[%d]".formatted(checked.size());
                if (id == null) {
                    throw RejectionException.invalid(at, "must not be null");
                }
                checked.add(parse(id, at));
            }
            return checked;
        }
    }

    /// The response to a query for many stacks.
    ///
    /// @param stacks in the order of the request; null for an unknown id
    record StacksJson(List<@Nullable StackJson> stacks) {}

    /// A page of stack ids.
    ///
    /// @param next the cursor of the next page; absent on the last one
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record StackIdPage(List<StackId> ids, @Nullable String next) {}
}
