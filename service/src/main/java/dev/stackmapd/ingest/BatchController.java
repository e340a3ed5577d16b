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
import org.springframework.web.bind.annotation.RestController;

/// `POST /v1/batches`: takes one sender's stacks. Decodes, hands over, answers.
@RestController
class BatchController {
    private final BatchDecoder decoder;
    private final Workers workers;
    private final Ingestion ingestion;
    private final InstantSource clock;

    BatchController(BatchDecoder decoder, Workers workers, Ingestion ingestion, InstantSource clock) {
        this.decoder = decoder;
        this.workers = workers;
        this.ingestion = ingestion;
        this.clock = clock;
    }

    @PostMapping(
            path = "/v1/batches",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    BatchReceipt accept(HttpServletRequest request) throws IOException {
        try (var _ = workers.enter()) {
            MessageDigest content = sha256();
            try (InputStream body = new DigestInputStream(request.getInputStream(), content)) {
                Batch batch = decoder.decode(body, clock.instant());
                return ingestion.accept(batch, content.digest());
            }
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
