package dev.stackmapd.ingest;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/// `POST /v1/batches`: takes one sender's stacks. Decodes, hands over, answers.
@RestController
class BatchController {
    /// Names the sender where there are no tokens to tell senders apart. Honest senders get a namespace of
    /// their own for the ids of their batches; it keeps no one from using another's name.
    private static final String SENDER = "X-Stackmapd-Sender";

    private static final int MAX_SENDER = 128;

    private final BatchDecoder decoder;
    private final Ingestion ingestion;
    private final InstantSource clock;

    BatchController(BatchDecoder decoder, Ingestion ingestion, InstantSource clock) {
        this.decoder = decoder;
        this.ingestion = ingestion;
        this.clock = clock;
    }

    @TakesBody(TakesBody.Kind.BATCH)
    @PostMapping(
            path = "/v1/batches",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    BatchReceipt accept(HttpServletRequest request, @RequestHeader(name = SENDER, defaultValue = "") String sender)
            throws IOException {
        if (sender.length() > MAX_SENDER) {
            throw RefusedException.invalid(SENDER, "must be at most %d characters".formatted(MAX_SENDER));
        }
        MessageDigest content = sha256();
        try (InputStream body = new DigestInputStream(request.getInputStream(), content)) {
            Batch batch = decoder.decode(body, clock.instant());
            return ingestion.accept(batch, sender, content.digest());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
