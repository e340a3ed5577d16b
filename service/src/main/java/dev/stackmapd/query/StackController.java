package dev.stackmapd.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stackmapd.ingest.ComputeThreads;
import dev.stackmapd.ingest.RefusedException;
import dev.stackmapd.ingest.TakesBody;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.StackId;
import dev.stackmapd.store.StackStore;
import dev.stackmapd.store.StoredStack;
import dev.stackmapd.symbolize.AskedPlaces;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
    private static final int FRAMES_TOGETHER = 20_000;

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
                .map(stack -> threads.compute(
                        () -> answers.of(List.of(stack), names, answers.size()).getFirst()))
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "no stack has this id"));
    }

    @TakesBody(TakesBody.Kind.QUESTION)
    @PostMapping("/query")
    Many many(
            @RequestBody Query query,
            @RequestParam(defaultValue = "true") boolean symbols,
            @RequestParam(defaultValue = "full") String demangle) {
        Names names = names(symbols, demangle);
        List<String> ids = query.checked();
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

    private AskedPlaces asked(List<String> ids) {
        AskedPlaces asked = new AskedPlaces();
        for (int i = 0; i < ids.size(); i++) {
            store.find(parse(ids.get(i), "ids[%d]".formatted(i)))
                    .ifPresent(stored -> stored.stack().frames().forEach(frame -> {
                        if (frame instanceof Frame.InFile inFile) {
                            asked.add(inFile);
                        }
                    }));
        }
        return asked;
    }

    /// Answers so many stacks together that the frames of each binary are looked up at once, and so few that a large
    /// answer
    /// is refused before all of its stacks are in memory.
    private Many many(List<String> ids, Names names) {
        AnswerSize size = answers.size();
        List<@Nullable StackAnswer> stacks = new ArrayList<>(ids.size());
        List<@Nullable StoredStack> together = new ArrayList<>();
        int frames = 0;
        for (int i = 0; i < ids.size(); i++) {
            StoredStack stored =
                    store.find(parse(ids.get(i), "ids[%d]".formatted(i))).orElse(null);
            together.add(stored);
            frames += stored == null ? 0 : stored.stack().frames().size();
            if (frames >= FRAMES_TOGETHER || i == ids.size() - 1) {
                stacks.addAll(answered(together, names, size));
                together.clear();
                frames = 0;
            }
        }
        return new Many(stacks);
    }

    /// @return null where there is no stack
    private List<@Nullable StackAnswer> answered(List<@Nullable StoredStack> together, Names names, AnswerSize size) {
        List<StoredStack> known = together.stream().filter(Objects::nonNull).toList();
        Iterator<StackAnswer> answered = answers.of(known, names, size).iterator();
        List<@Nullable StackAnswer> stacks = new ArrayList<>(together.size());
        together.forEach(stored -> stacks.add(stored == null ? null : answered.next()));
        return stacks;
    }

    @GetMapping
    Page page(@RequestParam Optional<String> after, @RequestParam(defaultValue = "100") int limit) {
        if (limit < 1 || limit > MAX_IDS) {
            throw RefusedException.invalid("limit", "must be 1 to %d".formatted(MAX_IDS));
        }
        List<StackId> ids = after.map(id -> store.idsAfter(parse(id, "after"), limit + 1))
                .orElseGet(() -> store.firstIds(limit + 1));
        return ids.size() <= limit ? new Page(ids, null) : new Page(ids.subList(0, limit), ids.get(limit - 1));
    }

    private static StackId parse(String id, String field) {
        return StackId.parse(id).orElseThrow(() -> RefusedException.invalid(field, "must be 32 lower-case hex digits"));
    }

    record Query(@Nullable List<@Nullable String> ids) {

        List<String> checked() {
            if (ids == null) {
                throw RefusedException.invalid("ids", "is missing");
            }
            if (ids.size() > MAX_IDS) {
                throw RefusedException.tooLarge("ids", "more than %d".formatted(MAX_IDS));
            }
            List<String> checked = new ArrayList<>(ids.size());
            for (String id : ids) {
                if (id == null) {
                    throw RefusedException.invalid("ids[%d]".formatted(checked.size()), "must not be null");
                }
                checked.add(id);
            }
            return checked;
        }
    }

    /// @param stacks in the order asked; null for an unknown id
    record Many(List<@Nullable StackAnswer> stacks) {}

    /// @param next the cursor of the next page; absent on the last one
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Page(List<StackId> ids, @Nullable StackId next) {}
}
