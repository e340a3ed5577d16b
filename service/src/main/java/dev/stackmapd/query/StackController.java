package dev.stackmapd.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stackmapd.query.Answers.FoundStack;
import dev.stackmapd.request.ComputeThreads;
import dev.stackmapd.request.RefusedException;
import dev.stackmapd.request.TakesBody;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import dev.stackmapd.store.StackStore;
import dev.stackmapd.symbolize.AskedPlaces;
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

/// `/v1/stacks`: stored stacks, one, many, or page by page.
@RestController
@RequestMapping(path = "/v1/stacks", produces = MediaType.APPLICATION_JSON_VALUE)
class StackController {
    private static final int MAX_IDS = 10_000;
    private static final int FOUND_AT_ONCE = 128;

    private final StackStore store;
    private final Answers answers;
    private final ComputeThreads threads;

    StackController(StackStore store, Answers answers, ComputeThreads threads) {
        this.store = store;
        this.answers = answers;
        this.threads = threads;
    }

    @GetMapping("/{id:(?!query$).*}")
    StackAnswer one(
            @PathVariable String id,
            @RequestParam(defaultValue = "true") boolean symbols,
            @RequestParam(defaultValue = "full") String demangle) {
        StackId wanted = parse(id, "id");
        Names names = names(symbols, demangle);
        return store.find(wanted)
                .map(stack -> new FoundStack(wanted, stack))
                .map(found -> threads.compute(
                        () -> answers.of(List.of(found), names, answers.size()).getFirst()))
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "no stack has this id"));
    }

    @TakesBody(TakesBody.Kind.QUESTION)
    @PostMapping("/query")
    Many many(
            @RequestBody Query query,
            @RequestParam(defaultValue = "true") boolean symbols,
            @RequestParam(defaultValue = "full") String demangle) {
        Names names = names(symbols, demangle);
        List<StackId> ids = query.checked();
        switch (names) {
            case Names.Demangled _ -> answers.awaitIndexes(threads.compute(() -> asked(ids)), threads);
            case Names.None _ -> {}
        }
        return threads.compute(() -> many(ids, names));
    }

    private static Names names(boolean symbols, String demangle) {
        Names demangled = Names.demangled(demangle);
        return symbols ? demangled : new Names.None();
    }

    private AskedPlaces asked(List<StackId> ids) {
        AskedPlaces asked = new AskedPlaces();
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

    private Many many(List<StackId> ids, Names names) {
        AnswerSize size = answers.size();
        List<@Nullable StackAnswer> stacks = new ArrayList<>(ids.size());
        forEachPart(ids, part -> stacks.addAll(answered(part, names, size)));
        return new Many(stacks);
    }

    /// @return null where there is no stack
    private List<@Nullable StackAnswer> answered(List<Optional<FoundStack>> part, Names names, AnswerSize size) {
        List<FoundStack> known = part.stream().flatMap(Optional::stream).toList();
        Iterator<StackAnswer> answered = answers.of(known, names, size).iterator();
        List<@Nullable StackAnswer> stacks = new ArrayList<>(part.size());
        part.forEach(found -> stacks.add(found.isPresent() ? answered.next() : null));
        return stacks;
    }

    /// Finds stacks in parts of [#FOUND_AT_ONCE]. Frames of one part are looked up together; an answer that is too
    /// large
    /// is refused before the stacks of all parts are in memory.
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
    Page page(@RequestParam Optional<String> after, @RequestParam(defaultValue = "100") int limit) {
        if (limit < 1 || limit > MAX_IDS) {
            throw RefusedException.invalid("limit", "must be 1 to %d".formatted(MAX_IDS));
        }
        dev.stackmapd.store.Page<StackId> page = store.page(after, limit);
        return new Page(page.items(), page.next());
    }

    private static StackId parse(String id, String field) {
        return StackId.parse(id).orElseThrow(() -> RefusedException.invalid(field, "must be 32 lower-case hex digits"));
    }

    record Query(@Nullable List<@Nullable String> ids) {

        List<StackId> checked() {
            if (ids == null) {
                throw RefusedException.invalid("ids", "is missing");
            }
            if (ids.size() > MAX_IDS) {
                throw RefusedException.tooLarge("ids", "more than %d".formatted(MAX_IDS));
            }
            List<StackId> checked = new ArrayList<>(ids.size());
            for (String id : ids) {
                String at = "ids[%d]".formatted(checked.size());
                if (id == null) {
                    throw RefusedException.invalid(at, "must not be null");
                }
                checked.add(parse(id, at));
            }
            return checked;
        }
    }

    /// @param stacks in the order asked; null for an unknown id
    record Many(List<@Nullable StackAnswer> stacks) {}

    /// @param next the cursor of the next page; absent on the last one
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Page(List<StackId> ids, @Nullable String next) {}
}
