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
    BatchReceipt accept(
            HttpServletRequest request, @RequestHeader(name = SenderName.HEADER, defaultValue = "") String name)
            throws IOException {
        String sender = SenderName.checked(name);
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
