package dev.stackmapd.debuginfod;

import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.Artifacts.ServedFile;
import dev.stackmapd.artifact.BuildIdParameter;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.StoredSection;
import dev.stackmapd.request.ForeignProtocol;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.upstream.FileRequest.BinaryKind;
import dev.stackmapd.upstream.ForwardedHeaders;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRange;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.server.ResponseStatusException;

/// `/buildid`: the debuginfod protocol, for gdb, elfutils, llvm-symbolizer and other clients.
///
/// A request for a file that is not held blocks until the upstreams have answered: clients treat every
/// other response as "not found" and cache it for ten minutes. The body begins when the whole file is on
/// this host.
@RestController
@ForeignProtocol
@RequestMapping("/buildid/{buildId}")
class DebuginfodController {
    private static final int MAX_SECTION_NAME = 256;

    private final Artifacts artifacts;
    private final SourceFiles sources;
    private final DebuginfodMetrics metrics;

    DebuginfodController(Artifacts artifacts, SourceFiles sources, DebuginfodMetrics metrics) {
        this.artifacts = artifacts;
        this.sources = sources;
        this.metrics = metrics;
    }

    @GetMapping("/debuginfo")
    void debuginfo(@PathVariable String buildId, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        whole(buildId, BinaryKind.DEBUGINFO, new Exchange("debuginfo", request, response));
    }

    @GetMapping("/executable")
    void executable(@PathVariable String buildId, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        whole(buildId, BinaryKind.EXECUTABLE, new Exchange("executable", request, response));
    }

    @GetMapping("/section/{name:.+}")
    void section(
            @PathVariable String buildId,
            @PathVariable String name,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Exchange exchange = new Exchange("section", request, response);
        exchange.run(() -> section(BuildIdParameter.parse(buildId, "buildId"), name, exchange));
    }

    /// Takes the path from the raw URI, because `//` and `..` are significant in it.
    @GetMapping("/source/**")
    void source(@PathVariable String buildId, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Exchange exchange = new Exchange("source", request, response);
        exchange.run(() -> {
            String uri = request.getRequestURI();
            String path = SourcePath.decode(uri.substring(uri.indexOf("/source/") + "/source".length()))
                    .orElseThrow(() ->
                            RejectionException.invalid("path", "must be a UTF-8 path with correct percent escapes"));
            byte[] text = sources.find(BuildIdParameter.parse(buildId, "buildId"), path, forwardedHeaders(request))
                    .orElseThrow(() -> new ResponseStatusException(
                            HttpStatus.NOT_FOUND,
                            "the binary's debug information names no such file, or no source of files has it"));
            exchange.send(text);
        });
    }

    private void whole(String buildId, BinaryKind kind, Exchange exchange) throws IOException {
        exchange.run(() -> {
            ServedFile served = artifacts
                    .serve(BuildIdParameter.parse(buildId, "buildId"), kind, forwardedHeaders(exchange.request))
                    .orElseThrow(() -> new ResponseStatusException(
                            HttpStatus.NOT_FOUND, "no such file is held, and no upstream has it"));
            exchange.send(served, () -> Transfer.of(served));
        });
    }

    /// Sends a section, of the debug file if both files have it; held files are tried before files that
    /// must be fetched.
    private void section(BuildId buildId, String name, Exchange exchange) throws IOException, InterruptedException {
        if (name.length() > MAX_SECTION_NAME) {
            throw RejectionException.invalid("name", "has more than %d characters".formatted(MAX_SECTION_NAME));
        }
        for (BinaryKind kind : BinaryKind.values()) {
            Optional<ServedFile> here = artifacts.serveHeld(buildId, kind);
            if (here.isPresent() && sent(here.get(), name, exchange)) {
                return;
            }
        }
        for (BinaryKind kind : BinaryKind.values()) {
            Optional<ServedFile> fetched = artifacts.serve(buildId, kind, forwardedHeaders(exchange.request));
            if (fetched.isPresent() && sent(fetched.get(), name, exchange)) {
                return;
            }
        }
        throw new ResponseStatusException(HttpStatus.NOT_FOUND, "no file of this build-id has such a section");
    }

    private static boolean sent(ServedFile served, String name, Exchange exchange) throws IOException {
        Optional<StoredSection> section = Optional.empty();
        try (ElfFile file = ElfFile.open(served.file().path(), ParseLimits.DEFAULT)) {
            section = file.storedSection(name);
        } catch (MalformedBinaryException e) {
            // A malformed file has no such section.
        } finally {
            if (section.isEmpty()) {
                served.close();
            }
        }
        if (section.isPresent()) {
            StoredSection found = section.get();
            exchange.send(served, () -> Transfer.of(served, found.offset(), found.size()));
        }
        return section.isPresent();
    }

    private static ForwardedHeaders forwardedHeaders(HttpServletRequest request) {
        String agent = request.getHeader(HttpHeaders.USER_AGENT);
        String forwardedFor = String.join(",", Collections.list(request.getHeaders("X-Forwarded-For")));
        return ForwardedHeaders.of(agent == null ? "" : agent, forwardedFor, request.getRemoteAddr());
    }

    private interface TransferOf {
        Transfer transfer() throws IOException;
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    /// One request and its response.
    private final class Exchange {
        private final String type;
        private final HttpServletRequest request;
        private final HttpServletResponse response;
        private final long start = System.nanoTime();
        private long bytes;

        Exchange(String type, HttpServletRequest request, HttpServletResponse response) {
            this.type = type;
            this.request = request;
            this.response = response;
        }

        void run(Work work) throws IOException {
            metrics.asked(type);
            int code = HttpStatus.INTERNAL_SERVER_ERROR.value();
            try {
                work.run();
                code = response.getStatus();
            } catch (ResponseStatusException e) {
                code = e.getStatusCode().value();
                throw e;
            } catch (RejectionException e) {
                code = e.category() == RejectionException.Category.BUSY
                        ? HttpStatus.SERVICE_UNAVAILABLE.value()
                        : HttpStatus.BAD_REQUEST.value();
                throw e;
            } catch (InterruptedException e) {
                code = HttpStatus.SERVICE_UNAVAILABLE.value();
                Thread.currentThread().interrupt();
                throw RejectionException.of(RejectionException.Category.BUSY, "the service is stopping");
            } catch (IOException e) {
                // If the client has closed the connection or the file was found to be damaged, the status was sent
                // before.
                code = response.isCommitted() ? response.getStatus() : code;
                throw e;
            } finally {
                metrics.answered(type, code, bytes, System.nanoTime() - start);
            }
        }

        void send(byte[] text) throws IOException {
            checkSize(text.length);
            head(text.length);
            response.setContentLengthLong(text.length);
            if (!isHead()) {
                bytes = text.length;
                response.getOutputStream().write(text);
            }
        }

        /// Sends a part of a file, which stays open until the last byte has been written to the network.
        /// The request's thread writes all bytes, at the speed of the client.
        void send(ServedFile served, TransferOf part) throws IOException {
            try (served) {
                send(part.transfer());
            }
        }

        private void send(Transfer file) throws IOException {
            checkSize(file.size());
            head(file.size());
            String tag = '"' + file.tag() + '"';
            response.setHeader(HttpHeaders.ETAG, tag);
            response.setDateHeader(HttpHeaders.LAST_MODIFIED, file.modified().toEpochMilli());
            response.setHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
            // Spring does not answer 304 to a GET with `*` (RFC 9110, 13.1.2).
            if (header(HttpHeaders.IF_NONE_MATCH).equals("*")) {
                response.setStatus(HttpStatus.NOT_MODIFIED.value());
                return;
            }
            if (new ServletWebRequest(request, response).checkNotModified(tag)) {
                return;
            }
            boolean sameFile = header(HttpHeaders.IF_RANGE).isEmpty()
                    || header(HttpHeaders.IF_RANGE).equals(tag);
            Optional<HttpRange> range = sameFile ? singleRange(header(HttpHeaders.RANGE)) : Optional.empty();
            if (range.isPresent()) {
                send(file, range.get());
                return;
            }
            if (!file.imaSignature().isEmpty()) {
                response.setHeader("X-DEBUGINFOD-IMASIGNATURE", file.imaSignature());
            }
            body(file, 0, file.size());
        }

        /// A malformed header is ignored, and so is one with several ranges, as RFC 9110, 14.2 allows.
        private static Optional<HttpRange> singleRange(String header) {
            try {
                List<HttpRange> ranges = HttpRange.parseRanges(header);
                return ranges.size() == 1 ? Optional.of(ranges.getFirst()) : Optional.empty();
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        private void send(Transfer file, HttpRange range) throws IOException {
            long size = file.size();
            long from = range.getRangeStart(size);
            if (from >= size) {
                response.setStatus(HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE.value());
                response.setHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + size);
                return;
            }
            long to = range.getRangeEnd(size);
            response.setStatus(HttpStatus.PARTIAL_CONTENT.value());
            response.setHeader(HttpHeaders.CONTENT_RANGE, "bytes %d-%d/%d".formatted(from, to, size));
            body(file, from, to - from + 1);
        }

        private void body(Transfer file, long from, long length) throws IOException {
            response.setContentLengthLong(length);
            if (isHead()) {
                return;
            }
            bytes = length;
            file.copy(from, length, response.getOutputStream());
        }

        private void head(long size) {
            response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
            response.setHeader(HttpHeaders.CACHE_CONTROL, "public");
            response.setHeader("X-DEBUGINFOD-SIZE", Long.toString(size));
        }

        /// Checks the limit that a client may set for the size.
        private void checkSize(long size) {
            String most = header("X-DEBUGINFOD-MAXSIZE");
            if (most.matches("[0-9]{1,18}") && Long.parseLong(most) > 0 && size > Long.parseLong(most)) {
                throw new ResponseStatusException(
                        HttpStatus.NOT_ACCEPTABLE,
                        "the file has %d bytes, more than X-DEBUGINFOD-MAXSIZE".formatted(size));
            }
        }

        private boolean isHead() {
            return request.getMethod().equals("HEAD");
        }

        private String header(String name) {
            String value = request.getHeader(name);
            return value == null ? "" : value.strip();
        }
    }
}
