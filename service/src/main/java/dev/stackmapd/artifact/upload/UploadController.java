package dev.stackmapd.artifact.upload;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.BuildIdParameter;
import dev.stackmapd.artifact.describe.ArtifactAnswer;
import dev.stackmapd.artifact.disk.ArtifactKind;
import dev.stackmapd.artifact.disk.HeldArtifact;
import dev.stackmapd.artifact.disk.IncomingFile;
import dev.stackmapd.artifact.disk.Origin;
import dev.stackmapd.artifact.disk.ReceiveResult;
import dev.stackmapd.artifact.upload.Uploads.UploadKey;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.request.RejectionException.Category;
import dev.stackmapd.request.SenderName;
import dev.stackmapd.request.TakesBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/// `PUT /v1/binaries/{buildId}/{kind}`: uploads of files.
///
/// A sender that gives `Repr-Digest` (RFC 9530) may send the file in pieces with `Content-Range`, and
/// resume an interrupted upload: `HEAD` returns in `Upload-Offset` how many bytes were received. A body
/// is not read if the file is held already.
@RestController
@RequestMapping("/v1/binaries/{buildId}/{kind}")
class UploadController {
    private static final String OFFSET = "Upload-Offset";
    private static final int BUFFER = 128 << 10;

    private final Uploads uploads;
    private final Artifacts artifacts;

    UploadController(Uploads uploads, Artifacts artifacts) {
        this.uploads = uploads;
        this.artifacts = artifacts;
    }

    /// @param result the result of the upload
    /// @param artifact the file of this build-id and kind that is held now
    record UploadAnswer(Result result, ArtifactAnswer artifact) {}

    enum Result {
        STORED,
        /// It replaced a worse file.
        REPLACED,
        /// The same bytes were held already.
        ALREADY_HELD,
        /// The held file is as good or better, or came from an upstream, and stays.
        KEPT_BETTER
    }

    /// @param received bytes of the file that were received
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Progress(String received) {}

    @RequestMapping(method = RequestMethod.HEAD)
    ResponseEntity<Void> head(@PathVariable String buildId, @PathVariable String kind, HttpServletRequest request) {
        BuildId id = BuildIdParameter.parse(buildId, "buildId");
        ArtifactKind wanted = kind(kind);
        String sha256 = ReprDigest.sha256(header(request, ReprDigest.HEADER))
                .orElseThrow(() -> RejectionException.invalid(ReprDigest.HEADER, "is missing, or has no sha-256"));
        Optional<Long> held = uploads.held(id, wanted, sha256).map(HeldArtifact::size);
        return held.or(() -> uploads.parked().received(id, wanted, sha256))
                .map(bytes -> ResponseEntity.noContent()
                        .header(OFFSET, Long.toString(bytes))
                        .<Void>build())
                .orElseGet(() -> ResponseEntity.notFound().build());
    }

    @TakesBody(TakesBody.BodyType.FILE)
    @PutMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<?> put(@PathVariable String buildId, @PathVariable String kind, HttpServletRequest request)
            throws Exception {
        BuildId id = BuildIdParameter.parse(buildId, "buildId");
        ArtifactKind wanted = kind(kind);
        requireSendable(id, wanted);
        Sender sender = sender(Origin.Route.PUT, request);
        Optional<String> sha256 = digest(request);
        Optional<HeldArtifact> same = sha256.flatMap(digest -> uploads.held(id, wanted, digest));
        if (same.isPresent()) {
            AuditLog.uploaded(id, wanted, same.get().sha256(), 0, "already_held", sender);
            return answer(Result.ALREADY_HELD, same.get());
        }
        return receive(id, wanted, sha256, request, sender);
    }

    /// Checks that a file of the kind can be held under the id. An htlhash is that of one file, the
    /// executable. A package has no id of its own and is sent under the executable's.
    private static void requireSendable(BuildId buildId, ArtifactKind kind) {
        boolean sendable = switch (kind) {
            case EXECUTABLE, PACKAGE -> true;
            case DEBUGINFO, SUPPLEMENTARY -> buildId.kind() == BuildId.Kind.GNU;
        };
        if (!sendable) {
            throw RejectionException.of(
                    Category.UNFIT,
                    "kind",
                    "must be executable or dwp under an htlhash: a separate debug file has a hash of its own");
        }
    }

    /// Returns the sender of a request.
    static Sender sender(Origin.Route route, HttpServletRequest request) {
        return Sender.of(route, request.getRemoteAddr(), SenderName.checked(header(request, SenderName.HEADER)));
    }

    /// Receives a request's body as a file, after waiting for one of the places for concurrent uploads.
    ResponseEntity<?> receive(
            BuildId buildId, ArtifactKind kind, Optional<String> sha256, HttpServletRequest request, Sender sender)
            throws Exception {
        try (AutoCloseable _ = uploads.enter(sender)
                .orElseThrow(() -> RejectionException.of(Category.BUSY, "too many uploads at once"))) {
            return take(buildId, kind, sha256, request, sender);
        }
    }

    @DeleteMapping
    ResponseEntity<Void> delete(@PathVariable String buildId, @PathVariable String kind, HttpServletRequest request) {
        BuildId id = BuildIdParameter.parse(buildId, "buildId");
        Sender sender = sender(Origin.Route.PUT, request);
        if (!artifacts.remove(id, kind(kind))) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "no such file is in the store");
        }
        AuditLog.deleted(id, kind(kind), sender);
        return ResponseEntity.noContent().build();
    }

    private ResponseEntity<?> take(
            BuildId buildId, ArtifactKind kind, Optional<String> sha256, HttpServletRequest request, Sender sender)
            throws IOException {
        Piece piece = Piece.of(request, sha256);
        Optional<UploadKey> part = piece.total() < 0
                ? Optional.empty()
                : sha256.map(digest -> new UploadKey(buildId, kind, digest, piece.total()));
        IncomingFile incoming = begin(buildId, kind, piece, part, sender);
        boolean decided = false;
        try {
            decided = copy(request.getInputStream(), incoming) || piece.isLast(incoming.received());
            return decided ? finish(new Whole(buildId, kind, sha256, sender), incoming) : progress(incoming.received());
        } finally {
            // From here on, the request with the next piece may resume it.
            if (!decided && part.isPresent() && incoming.received() > 0) {
                uploads.parked().park(part.get(), incoming, sender);
            } else {
                incoming.close();
            }
        }
    }

    private IncomingFile begin(BuildId buildId, ArtifactKind kind, Piece piece, Optional<UploadKey> part, Sender sender)
            throws IOException {
        if (piece.from() == 0) {
            return piece.total() < 0
                    ? uploads.begin(buildId, kind, sender)
                    : uploads.begin(buildId, kind, sender, piece.total());
        }
        IncomingFile parked = part.flatMap(uploads.parked()::resume)
                .orElseThrow(() -> new OffsetException("no bytes of this file were received", 0));
        if (parked.received() != piece.from()) {
            long received = parked.received();
            uploads.parked().park(part.orElseThrow(), parked, sender);
            throw new OffsetException("%d bytes of this file were received".formatted(received), received);
        }
        parked.continueFrom(sender.origin());
        return parked;
    }

    /// Copies the body to the file; returns true if the result was decided before the end of the body.
    private static boolean copy(InputStream from, IncomingFile into) throws IOException {
        byte[] buffer = new byte[BUFFER];
        boolean more = into.flow() == IncomingFile.Flow.MORE;
        while (more) {
            int read = from.read(buffer);
            if (read < 0) {
                return false;
            }
            more = into.write(ByteBuffer.wrap(buffer, 0, read)) == IncomingFile.Flow.MORE;
        }
        return true;
    }

    private static ResponseEntity<Progress> progress(long received) {
        return ResponseEntity.accepted()
                .header(OFFSET, Long.toString(received))
                .body(new Progress("0x" + Long.toHexString(received)));
    }

    /// A completely received file.
    ///
    /// @param sha256 the required digest
    private record Whole(BuildId buildId, ArtifactKind kind, Optional<String> sha256, Sender sender) {}

    private ResponseEntity<UploadAnswer> finish(Whole file, IncomingFile incoming) throws IOException {
        if (incoming.flow() == IncomingFile.Flow.MORE
                && file.sha256().isPresent()
                && !file.sha256().get().equals(incoming.sha256SoFar())) {
            throw RejectionException.of(Category.UNFIT, ReprDigest.HEADER, "is not the SHA-256 of the received bytes");
        }
        ReceiveResult result = uploads.finish(file.buildId(), file.kind(), incoming, file.sender());
        return switch (result) {
            case ReceiveResult.Stored(HeldArtifact artifact) ->
                ResponseEntity.status(HttpStatus.CREATED)
                        .body(new UploadAnswer(Result.STORED, ArtifactAnswer.of(artifact)));
            case ReceiveResult.Replaced replaced -> answer(Result.REPLACED, replaced.artifact());
            case ReceiveResult.AlreadyThere(HeldArtifact artifact) -> answer(Result.ALREADY_HELD, artifact);
            case ReceiveResult.Worse worse -> answer(Result.KEPT_BETTER, worse.kept());
            case ReceiveResult.Overruled overruled -> answer(Result.REPLACED, overruled.artifact());
            case ReceiveResult.Contradicts contradicts ->
                throw RejectionException.of(Category.CONFLICTING_BINARY, said(contradicts));
            case ReceiveResult.TooLarge large -> throw RejectionException.of(Category.TOO_LARGE, said(large));
            case ReceiveResult.NoSpace none -> throw RejectionException.of(Category.NO_SPACE, said(none));
            case ReceiveResult.WrongBuildId wrong -> throw unfit(wrong);
            case ReceiveResult.NoBuildId none ->
                throw RejectionException.of(
                        Category.UNFIT,
                        "%s; send an executable without one under %s".formatted(said(none), none.htlhash()));
            case ReceiveResult.WrongKind wrong -> throw unfit(wrong);
            case ReceiveResult.NotElf not -> throw unfit(not);
            case ReceiveResult.Damaged damaged -> throw unfit(damaged);
            case ReceiveResult.Truncated cut -> throw unfit(cut);
        };
    }

    private static RejectionException unfit(ReceiveResult result) {
        return RejectionException.of(Category.UNFIT, said(result));
    }

    private static String said(ReceiveResult result) {
        return result.refusal().orElse("");
    }

    private static ResponseEntity<UploadAnswer> answer(Result result, HeldArtifact artifact) {
        return ResponseEntity.ok(new UploadAnswer(result, ArtifactAnswer.of(artifact)));
    }

    private static ArtifactKind kind(String kind) {
        if (kind.equals("dwo")) {
            throw RejectionException.of(Category.UNFIT, "kind", "must not be " + ArtifactKind.NO_SPLIT_UNIT);
        }
        return ArtifactKind.parse(kind)
                .orElseThrow(() ->
                        RejectionException.invalid("kind", "must be executable, debuginfo, supplementary or dwp"));
    }

    private static Optional<String> digest(HttpServletRequest request) {
        String header = header(request, ReprDigest.HEADER);
        Optional<String> sha256 = ReprDigest.sha256(header);
        if (sha256.isEmpty() && !header.isEmpty()) {
            throw RejectionException.invalid(ReprDigest.HEADER, "must be sha-256=:<base64>:");
        }
        return sha256;
    }

    static String header(HttpServletRequest request, String name) {
        @Nullable String value = request.getHeader(name);
        return value == null ? "" : value.strip();
    }

    /// The bytes of the file in a request.
    ///
    /// @param from the first
    /// @param total of the whole file; −1 where it is not known
    private record Piece(long from, long total) {

        static Piece of(HttpServletRequest request, Optional<String> sha256) {
            String header = header(request, HttpHeaders.CONTENT_RANGE);
            long length = request.getContentLengthLong();
            if (header.isEmpty()) {
                return new Piece(0, length);
            }
            ContentRange range = ContentRange.parse(header)
                    .orElseThrow(() -> RejectionException.invalid(
                            HttpHeaders.CONTENT_RANGE, "must be bytes <first>-<last>/<length>"));
            if (sha256.isEmpty()) {
                throw RejectionException.invalid(
                        ReprDigest.HEADER, "is required with Content-Range, to identify the file");
            }
            if (length != range.length()) {
                throw RejectionException.invalid(
                        HttpHeaders.CONTENT_RANGE, "is not as long as the body, or the body is compressed");
            }
            return new Piece(range.first(), range.total());
        }

        /// Returns true if the file is complete.
        boolean isLast(long received) {
            return total < 0 || received >= total;
        }
    }
}
