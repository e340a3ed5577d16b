package dev.stackmapd.query;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.request.ComputeThreads;
import dev.stackmapd.request.RefusedException;
import dev.stackmapd.request.TakesBody;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.symbolize.AskedPlaces;
import dev.stackmapd.symbolize.FramesByBinary.Position;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `POST /v1/symbolize`: names for frames that need not be stored.
@RestController
class SymbolizeController {
    private static final int MAX_FRAMES = 100_000;

    private final Answers answers;
    private final ComputeThreads threads;

    SymbolizeController(Answers answers, ComputeThreads threads) {
        this.answers = answers;
        this.threads = threads;
    }

    @TakesBody(TakesBody.Kind.QUESTION)
    @PostMapping(path = "/v1/symbolize", produces = MediaType.APPLICATION_JSON_VALUE)
    Answer symbolize(@RequestBody Question question, @RequestParam(defaultValue = "full") String demangle) {
        Names.Demangled names = Names.demangled(demangle);
        List<Frame.InFile> frames = question.checked();
        Position position = question.position();
        AskedPlaces asked = new AskedPlaces();
        frames.forEach(asked::add);
        answers.awaitIndexes(asked, threads);
        return new Answer(threads.compute(() -> answers.named(frames, position, names)));
    }

    /// @param callSites looks every frame up one byte before its offset; false when left out
    record Question(
            @Nullable List<@Nullable Asked> frames,
            @Nullable Boolean callSites) {

        Position position() {
            return callSites != null && callSites ? Position.CALLER : Position.LEAF;
        }

        List<Frame.InFile> checked() {
            if (frames == null) {
                throw RefusedException.invalid("frames", "is missing");
            }
            if (frames.size() > MAX_FRAMES) {
                throw RefusedException.tooLarge("frames", "more than %d".formatted(MAX_FRAMES));
            }
            List<Frame.InFile> checked = new ArrayList<>(frames.size());
            for (Asked frame : frames) {
                String at = "frames[%d]".formatted(checked.size());
                if (frame == null) {
                    throw RefusedException.invalid(at, "must not be null");
                }
                checked.add(frame.checked(at));
            }
            return checked;
        }
    }

    /// @param buildId or `htlhash`: 32 hex digits
    record Asked(
            @Nullable BuildId buildId,
            @Nullable String htlhash,
            @Nullable FileOffset offset) {

        Frame.InFile checked(String at) {
            if (buildId == null && htlhash == null) {
                throw RefusedException.invalid(at + ".buildId", "is missing");
            }
            if (buildId != null && htlhash != null) {
                throw RefusedException.invalid(at, "has one of buildId and htlhash");
            }
            if (offset == null) {
                throw RefusedException.invalid(at + ".offset", "is missing");
            }
            return new Frame.InFile(buildId == null ? htlhash(at) : buildId, offset);
        }

        private BuildId htlhash(String at) {
            return BuildId.parseHtlhash(String.valueOf(htlhash))
                    .orElseThrow(() -> RefusedException.invalid(at + ".htlhash", "must be 32 hex digits"));
        }
    }

    record Answer(List<FrameAnswer> frames) {}
}
