package dev.stackmapd.artifact.upload;

import dev.stackmapd.artifact.disk.ArtifactKind;
import dev.stackmapd.artifact.disk.Origin;
import dev.stackmapd.artifact.upload.ConnectMessages.Offer;
import dev.stackmapd.artifact.upload.PyroscopeUploads.Decision;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.request.ForeignProtocol;
import dev.stackmapd.request.TakesBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.json.JsonMapper;

/// The upload protocol that Pyroscope's agents speak: ask, send, confirm. Calls are Connect's (unary, JSON or
/// Protobuf); the file is a plain body.
@RestController
@ForeignProtocol
public class PyroscopeController {
    private static final String CALLS = "/debuginfo.v1alpha1.DebuginfoService";
    /// The path to which files are sent, followed by `/` and a build-id.
    private static final String UPLOAD = CALLS + "/Upload";

    private static final String PROTO = "application/proto";

    private final PyroscopeUploads pending;
    private final UploadController uploads;
    private final JsonMapper json;

    PyroscopeController(PyroscopeUploads pending, UploadController uploads, JsonMapper json) {
        this.pending = pending;
        this.uploads = uploads;
        this.json = json;
    }

    @PostMapping(path = CALLS + "/ShouldInitiateUpload", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<byte[]> shouldInitiateJson(@RequestBody byte[] message) {
        Decision decision = decide(ConnectMessages.offerOfJson(json.readTree(message)));
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(ConnectMessages.answerAsJson(json, decision == Decision.WANTED, decision.reason()));
    }

    @PostMapping(path = CALLS + "/ShouldInitiateUpload", consumes = PROTO)
    ResponseEntity<byte[]> shouldInitiateProto(@RequestBody byte[] message) {
        try {
            Decision decision = decide(ConnectMessages.offerOfProto(message));
            return proto(ConnectMessages.answerAsProto(decision == Decision.WANTED, decision.reason()));
        } catch (IOException e) {
            throw new ConnectException(ConnectException.Code.INVALID_ARGUMENT, "not a Protobuf message");
        }
    }

    @TakesBody(TakesBody.BodyType.FILE)
    @PostMapping(UPLOAD + "/{buildId}")
    ResponseEntity<Void> upload(@PathVariable String buildId, HttpServletRequest request) throws Exception {
        BuildId id = parse(buildId);
        ArtifactKind kind = pending.asked(id)
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.PRECONDITION_FAILED, "no upload of this build-id was asked for"));
        boolean kept = false;
        try {
            uploads.receive(
                    id, kind, Optional.empty(), request, UploadController.sender(Origin.Route.PYROSCOPE, request));
            kept = true;
        } finally {
            if (kept) {
                pending.uploaded(id);
            } else {
                pending.refused(id);
            }
        }
        return ResponseEntity.ok().build();
    }

    @PostMapping(path = CALLS + "/UploadFinished", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<byte[]> finishedJson(@RequestBody byte[] message) {
        finish(ConnectMessages.buildIdOfJson(json.readTree(message)));
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(json.writeValueAsBytes(Map.of()));
    }

    @PostMapping(path = CALLS + "/UploadFinished", consumes = PROTO)
    ResponseEntity<byte[]> finishedProto(@RequestBody byte[] message) {
        try {
            finish(ConnectMessages.buildIdOfProto(message));
            return proto(new byte[0]);
        } catch (IOException e) {
            throw new ConnectException(ConnectException.Code.INVALID_ARGUMENT, "not a Protobuf message");
        }
    }

    private Decision decide(Offer offer) {
        if (offer.type() == ConnectMessages.FileType.UNKNOWN) {
            throw new ConnectException(
                    ConnectException.Code.INVALID_ARGUMENT,
                    "file.type must be TYPE_EXECUTABLE_FULL or TYPE_EXECUTABLE_NO_TEXT");
        }
        return pending.offer(parse(offer.buildId()), offer.type());
    }

    private void finish(String buildId) {
        if (!pending.finish(parse(buildId))) {
            throw new ConnectException(
                    ConnectException.Code.FAILED_PRECONDITION, "no file of this build-id was uploaded");
        }
    }

    private static ResponseEntity<byte[]> proto(byte[] message) {
        return ResponseEntity.ok().contentType(MediaType.valueOf(PROTO)).body(message);
    }

    private static BuildId parse(String buildId) {
        return BuildId.parseGnu(buildId)
                .orElseThrow(() -> new ConnectException(
                        ConnectException.Code.INVALID_ARGUMENT,
                        "gnu_build_id must be 2 to 128 hex digits, an even number"));
    }
}
