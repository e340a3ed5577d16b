package dev.stackmapd.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stackmapd.elfcore.bytes.RandomAccessBytes;
import dev.stackmapd.ingest.Batch.ProcessSnapshot;
import dev.stackmapd.process.Device;
import dev.stackmapd.resolve.BinaryHint;
import dev.stackmapd.resolve.BinaryHint.Identification;
import dev.stackmapd.resolve.BinaryHint.Target;
import dev.stackmapd.stack.StackId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.SortedMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Computes the digest of the content of a batch, by which a retry is recognised whatever the encoding
/// of its body: HMAC-SHA-256 (RFC 2104) under a key of the store, over the decoded batch. Without the
/// key, it is infeasible to create two batches with the same digest.
///
/// A stack of ips is digested by its addresses, together with the maps and hints of its process. A stack
/// that was sent as frames or by its id is digested by its id, so a batch may be repeated with frames in
/// place of ids. The id of the batch and the time of its arrival are not digested.
///
/// ```text
///  4       processes
///  then for each process:
///    4       pid
///    4, n    bytes of the maps text, -1 where it was left out; the text
///    4       hints; for each:
///      4       0 path, 1 path and inode, 2 path, device and inode, 3 device and inode; then these, a device as
///              major and minor (4 each), an inode in 8
///      4       0 build-id, 1 head; then its bytes
///    4       labels as they are kept, ascending; for each name and value
///  4       stacks
///  then for each stack:
///    4       index of its process, or -1
///    8       sightings
///    8       milliseconds since 1970, or -2^63 where none was sent
///    n       type, as name/unit; then 4: 0 a sum, 1 a gauge
///    4       addresses, or -1
///    8 each  the addresses; or the two halves of the id
/// ```
///
/// Numbers are little-endian; texts and byte strings are preceded by their length in 4 bytes.
/// Thread-safe.
final class ContentDigest {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int CHUNK = 1 << 13;
    private static final int ABSENT = -1;

    private final SecretKeySpec key;
    private final int keptFrames;

    /// @param key 32 bytes
    /// @param keptFrames maximum number of frames of which a stack's id is computed, from the leaf
    ContentDigest(byte[] key, int keptFrames) {
        this.key = new SecretKeySpec(key, ALGORITHM);
        this.keptFrames = keptFrames;
    }

    /// Returns the digest of 32 bytes.
    byte[] of(Batch batch) {
        Writer out = new Writer(mac());
        StackId.Digest ids = new StackId.Digest();
        out.number(batch.processes().size());
        batch.processes().forEach(out::process);
        out.number(batch.stacks());
        for (int stack = 0; stack < batch.stacks(); stack++) {
            out.number(batch.process(stack));
            out.word(batch.count(stack));
            out.word(batch.timeSent(stack));
            out.counted(batch.counted(stack));
            switch (batch.form(stack)) {
                case IPS -> out.addresses(batch.values(), batch.from(stack), batch.end(stack));
                case FRAMES -> out.id(batch.id(stack, keptFrames, ids));
                case ID -> out.id(batch.id(stack));
            }
        }
        return out.end();
    }

    private Mac mac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    private static final class Writer {
        private final Mac mac;
        private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);

        Writer(Mac mac) {
            this.mac = mac;
        }

        void process(ProcessSnapshot process) {
            number(process.pid());
            switch (process.maps()) {
                case ProcessSnapshot.Maps.LeftOut _ -> number(ABSENT);
                case ProcessSnapshot.Maps.Sent sent ->
                    bytes(sent.parsed().vmas().text());
            }
            number(process.hints().size());
            process.hints().forEach(this::hint);
            SortedMap<String, String> labels = process.labels().byName();
            number(labels.size());
            labels.forEach((name, value) -> {
                text(name);
                text(value);
            });
        }

        private void hint(BinaryHint hint) {
            switch (hint.target()) {
                case Target.Path(var name) -> {
                    number(0);
                    bytes(name.toBytes());
                }
                case Target.PathAndInode(var name, var inode) -> {
                    number(1);
                    bytes(name.toBytes());
                    word(inode);
                }
                case Target.File(var file) -> {
                    number(2);
                    bytes(file.name().toBytes());
                    device(file.device());
                    word(file.inode());
                }
                case Target.Inode(var device, var inode) -> {
                    number(3);
                    device(device);
                    word(inode);
                }
            }
            switch (hint.identification()) {
                case Identification.Known(var buildId) -> {
                    number(0);
                    bytes(buildId.toBytes());
                }
                case Identification.Head(var head) -> {
                    number(1);
                    bytes(read(head));
                }
            }
        }

        private static byte[] read(RandomAccessBytes head) {
            byte[] bytes = new byte[Math.toIntExact(head.size())];
            try {
                int read = head.read(0, bytes, bytes.length);
                if (read != bytes.length) {
                    throw new IllegalStateException("a head in memory has all its bytes");
                }
                return bytes;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void device(Device device) {
            number(device.major());
            number(device.minor());
        }

        private void text(String text) {
            bytes(text.getBytes(UTF_8));
        }

        private void bytes(byte[] bytes) {
            number(bytes.length);
            flush();
            mac.update(bytes);
        }

        void counted(Batch.CountedType counted) {
            text(counted.type().toString());
            number(
                    switch (counted.aggregation()) {
                        case SUM -> 0;
                        case GAUGE -> 1;
                    });
        }

        void addresses(long[] values, int from, int end) {
            number(end - from);
            for (int at = from; at < end; at++) {
                word(values[at]);
            }
        }

        void id(StackId id) {
            number(ABSENT);
            word(id.high());
            word(id.low());
        }

        void number(int value) {
            if (chunk.remaining() < Integer.BYTES) {
                flush();
            }
            chunk.putInt(value);
        }

        void word(long value) {
            if (chunk.remaining() < Long.BYTES) {
                flush();
            }
            chunk.putLong(value);
        }

        private void flush() {
            mac.update(chunk.array(), 0, chunk.position());
            chunk.clear();
        }

        byte[] end() {
            flush();
            return mac.doFinal();
        }
    }
}
