package dev.stackmapd.query;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.request.ComputePool;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.request.TakesBody;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.symbolize.FramesByBinary.Position;
import dev.stackmapd.symbolize.IndexDemand;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `POST /v1/symbolize`: symbolizes frames that need not be stored.
@RestController
class SymbolizeController {
    private static final int MAX_FRAMES = 100_000;

    private final StackRenderer renderer;
    private final ComputePool threads;

    SymbolizeController(StackRenderer renderer, ComputePool threads) {
        this.renderer = renderer;
        this.threads = threads;
    }

    @TakesBody(TakesBody.BodyType.QUESTION)
    @PostMapping(path = "/v1/symbolize", produces = MediaType.APPLICATION_JSON_VALUE)
    FramesJson symbolize(@RequestBody SymbolizeRequest question, @RequestParam(defaultValue = "full") String demangle) {
        RequestedNames.Demangled names = RequestedNames.demangled(demangle);
        List<Frame.InFile> frames = question.checked();
        Position position = question.position();
        IndexDemand asked = new IndexDemand();
        frames.forEach(asked::add);
        renderer.awaitIndexes(asked, threads);
        return new FramesJson(threads.compute(() -> renderer.named(frames, position, names)));
    }

    /// The request.
    ///
    /// @param callSites true to look up every frame one byte before its offset; false if absent
    record SymbolizeRequest(
            @Nullable List<@Nullable FrameRequest> frames,
            @Nullable Boolean callSites) {

        Position position() {
            return callSites != null && callSites ? Position.CALLER : Position.LEAF;
        }

        List<Frame.InFile> checked() {
            if (frames == null) {
                throw RejectionException.invalid("frames", "is missing");
            }
            if (frames.size() > MAX_FRAMES) {
                throw RejectionException.tooLarge("frames", "more than %d".formatted(MAX_FRAMES));
            }
            List<Frame.InFile> checked = new ArrayList<>(frames.size());
            for (FrameRequest frame : frames) {
                String at = "frames[%d]".formatted(checked.size());
                if (frame == null) {
                    throw RejectionException.invalid(at, "must not be null");
                }
                checked.add(frame.checked(at));
            }
            return checked;
        }
    }

    /// One frame of the request, which has either a build-id or an htlhash.
    ///
    /// @param htlhash 32 hex digits
    record FrameRequest(
            @Nullable BuildId buildId,
            @Nullable String htlhash,
            @Nullable FileOffset offset) {

        Frame.InFile checked(String at) {
            if (buildId == null && htlhash == null) {
                throw RejectionException.invalid(at + ".buildId", "is missing");
            }
            if (buildId != null && htlhash != null) {
                throw RejectionException.invalid(at, "has one of buildId and htlhash");
            }
            if (offset == null) {
                throw RejectionException.invalid(at + ".offset", "is missing");
            }
            return new Frame.InFile(buildId == null ? htlhash(at) : buildId, offset);
        }

        private BuildId htlhash(String at) {
            return BuildId.parseHtlhash(String.valueOf(htlhash))
                    .orElseThrow(() -> RejectionException.invalid(at + ".htlhash", "must be 32 hex digits"));
        }
    }

    record FramesJson(List<FrameJson> frames) {}
}
