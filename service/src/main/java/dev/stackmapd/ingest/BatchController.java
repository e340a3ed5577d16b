package dev.stackmapd.ingest;

import dev.stackmapd.request.SenderName;
import dev.stackmapd.request.TakesBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/// `POST /v1/batches`: accepts the stacks of one sender.
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

    @TakesBody(TakesBody.BodyType.BATCH)
    @PostMapping(
            path = "/v1/batches",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    BatchReceipt accept(
            HttpServletRequest request, @RequestHeader(name = SenderName.HEADER, defaultValue = "") String name)
            throws IOException {
        String sender = SenderName.checked(name);
        try (InputStream body = request.getInputStream()) {
            return ingestion.accept(decoder.decode(body, clock.instant()), sender);
        }
    }
}
