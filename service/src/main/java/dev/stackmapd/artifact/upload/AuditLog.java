package dev.stackmapd.artifact.upload;

import dev.stackmapd.artifact.disk.ArtifactKind;
import dev.stackmapd.elfcore.elf.BuildId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The audit log: one line for each accepted upload and each deleted file, under a logger of its own.
/// Every value is bounded, and none has a line break or a quote in it: senders cannot forge a line.
final class AuditLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.stackmapd.audit");

    private AuditLog() {}

    /// @param sha256 of the bytes that were taken
    /// @param bytes that were taken
    /// @param result a word
    static void uploaded(BuildId buildId, ArtifactKind kind, String sha256, long bytes, String result, Sender sender) {
        LOG.info(
                "upload build-id={} kind={} sha256={} bytes={} result={} route={} address={} sender=\"{}\"",
                buildId,
                kind.text(),
                sha256,
                bytes,
                result,
                sender.route().text(),
                sender.address(),
                sender.name());
    }

    static void deleted(BuildId buildId, ArtifactKind kind, Sender sender) {
        LOG.info(
                "delete build-id={} kind={} address={} sender=\"{}\"",
                buildId,
                kind.text(),
                sender.address(),
                sender.name());
    }
}
