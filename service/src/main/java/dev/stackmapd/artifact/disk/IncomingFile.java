package dev.stackmapd.artifact.disk;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.artifact.disk.Disk.CrashPoint;
import dev.stackmapd.elfcore.bytes.Sha256;
import dev.stackmapd.elfcore.elf.Layout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A file that is being received: written piece by piece, then finished, and closed in any case.
///
/// The store does not have the file before [#finish] returns; closing it before deletes it. For one
/// thread at a time.
public final class IncomingFile implements AutoCloseable {
    static final long UNKNOWN_LENGTH = -1;

    /// Space is reserved ahead for as many bytes as were received, within these bounds, so that a sender
    /// that stops early reserves little.
    static final long LEAST_AHEAD = 256L << 10;

    private static final long MOST_AHEAD = 8L << 20;

    private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};

    private final ArtifactStore store;
    private final ArtifactKey key;
    private Origin origin;
    private final long announced;
    private final MessageDigest digest = Sha256.create();
    private final SpaceReservation reservation;
    private @Nullable Path file;
    private @Nullable FileChannel channel;
    private @Nullable ReceiveResult outcome;
    private Inspection.@Nullable Sound sound;
    private long size;
    /// Bytes of the file that space was reserved for.
    private long reserved;

    /// Refuses a file that could not be kept, and reserves the space for its beginning.
    ///
    /// @param announced the length of the file in bytes, or [#UNKNOWN_LENGTH]
    IncomingFile(ArtifactStore store, ArtifactKey key, Origin origin, long announced) throws IOException {
        this.store = store;
        this.key = key;
        this.origin = origin;
        this.announced = announced;
        this.reservation = new SpaceReservation(store.budget());
        long most = store.limits().maxFileBytes();
        if (announced > most) {
            outcome = new ReceiveResult.TooLarge(most);
        } else if (mayFit(DiskBudget.OVERHEAD + Math.max(announced, 0))
                && reserveSpace(DiskBudget.OVERHEAD)
                && reserve(0)) {
            open();
        }
    }

    /// Tells the sender if the store needs more bytes.
    public enum Flow {
        MORE,
        /// The result is decided: [#finish] returns it, and further bytes are ignored.
        STOP
    }

    /// Returns whether the sender should continue.
    public Flow flow() {
        return outcome == null ? Flow.MORE : Flow.STOP;
    }

    /// Writes the remaining bytes of a buffer.
    ///
    /// @throws IOException if they cannot be written for another reason than a full disk
    public Flow write(ByteBuffer bytes) throws IOException {
        if (outcome == null && admits(bytes)) {
            digest.update(bytes.duplicate());
            append(bytes);
        }
        bytes.position(bytes.limit());
        if (outcome != null) {
            discard();
        }
        return flow();
    }

    /// Returns the SHA-256 of the bytes received so far, 64 lower-case hex digits. Must not be called
    /// after [#finish].
    public String sha256SoFar() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's SHA-256 can be cloned", e);
        }
    }

    /// Returns the number of bytes received so far.
    public long received() {
        return size;
    }

    /// Checks the received bytes without keeping them; empty if [#finish] may keep the file. No bytes
    /// may be written afterwards.
    public Optional<ReceiveResult> check() throws IOException {
        if (outcome == null) {
            outcome = refusal();
        }
        if (outcome != null) {
            discard();
        }
        return Optional.ofNullable(outcome);
    }

    /// Checks the received bytes, and keeps the file if it is better than the held one. A second call
    /// returns the same result.
    ///
    /// @throws IOException if it is unknown whether the file is kept
    public ReceiveResult finish() throws IOException {
        try {
            if (outcome == null) {
                outcome = conclude();
            }
            return outcome;
        } finally {
            discard();
        }
    }

    /// Deletes a file that is not finished. A second call does nothing.
    @Override
    public void close() throws IOException {
        if (outcome == null) {
            outcome = new ReceiveResult.Truncated(size, "the upload was given up");
        }
        discard();
    }

    private void open() throws IOException {
        try {
            Path created = store.disk().newIncoming();
            file = created;
            channel = FileChannel.open(created, StandardOpenOption.WRITE);
        } catch (IOException e) {
            discard();
            throw e;
        }
    }

    private boolean admits(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        long most = announced == UNKNOWN_LENGTH ? store.limits().maxFileBytes() : announced;
        if (length > most - size) {
            outcome = new ReceiveResult.TooLarge(most);
            return false;
        }
        for (int i = 0; i < length && size + i < MAGIC.length; i++) {
            if (bytes.get(bytes.position() + i) != MAGIC[(int) size + i]) {
                outcome = new ReceiveResult.NotElf("offset 0x0: no ELF magic");
                return false;
            }
        }
        return reserve(length);
    }

    /// Reserves space for the next bytes, and for some more if more were announced.
    private boolean reserve(long length) throws IOException {
        long ahead = announced == UNKNOWN_LENGTH
                ? 0
                : Math.min(Math.clamp(size, LEAST_AHEAD, MOST_AHEAD), announced - reserved);
        long needed = size + length - reserved;
        if (needed <= 0 && reserved > 0) {
            return true;
        }
        long more = Math.max(needed, ahead);
        if (!reserveSpace(more)) {
            return false;
        }
        reserved += more;
        return true;
    }

    /// Releases the space that is reserved ahead, until more bytes are received.
    public void pause() {
        if (outcome == null && reserved > size) {
            reservation.giveBack(reserved - size);
            reserved = size;
        }
    }

    /// Sets the origin, because another request continues the file.
    public void continueFrom(Origin next) {
        origin = next;
    }

    /// Returns the bytes of the store's quota that are reserved for the file.
    public long taken() {
        return reservation.taken();
    }

    private boolean mayFit(long bytes) throws IOException {
        long missing = store.catalog().shortfall(bytes, new EvictionPolicy.ForArtifact(key));
        if (missing > 0) {
            outcome = new ReceiveResult.NoSpace(missing);
        }
        return missing <= 0;
    }

    private boolean reserveSpace(long bytes) throws IOException {
        long missing = store.catalog().reserve(bytes, new EvictionPolicy.ForArtifact(key));
        if (missing > 0) {
            outcome = new ReceiveResult.NoSpace(missing);
            return false;
        }
        reservation.grow(bytes);
        return true;
    }

    private void append(ByteBuffer bytes) throws IOException {
        FileChannel open = requireNonNull(channel);
        int length = bytes.remaining();
        try {
            while (bytes.hasRemaining()) {
                open.write(bytes);
            }
        } catch (IOException e) {
            outcome = store.whenFull(length, e);
            return;
        }
        size += length;
        reservation.written(length);
        store.disk().reached(CrashPoint.BYTES_WRITTEN);
    }

    private ReceiveResult conclude() throws IOException {
        ReceiveResult refusal = refusal();
        return refusal == null ? keep(requireNonNull(file), requireNonNull(sound)) : refusal;
    }

    /// Returns why the file cannot be kept; null if it can.
    private @Nullable ReceiveResult refusal() throws IOException {
        if (size == 0) {
            return new ReceiveResult.Truncated(0, "there are no bytes");
        }
        if (size < announced) {
            return new ReceiveResult.Truncated(size, announced + " bytes were announced");
        }
        if (sound != null) {
            return null;
        }
        return switch (Inspection.inspect(requireNonNull(file), key, store.parseLimits())) {
            case Inspection.Refused refused -> refused.reason();
            case Inspection.Sound found -> {
                sound = found;
                yield contradiction(found);
            }
        };
    }

    /// Returns a contradiction to other files; null if there is none. This is decided again when the
    /// file is kept.
    private @Nullable ReceiveResult contradiction(Inspection.Sound sound) throws IOException {
        store.catalog().check(key.buildId(), store.now());
        HeldArtifact offered = offered(sound, sha256SoFar());
        return store.catalog()
                .contradiction(offered, store.trusted().of(key.buildId()))
                .map(why -> note(new ReceiveResult.Contradicts(offered, why)))
                .orElse(null);
    }

    private HeldArtifact offered(Inspection.Sound sound, String sha256) {
        Instant now = store.now();
        return new HeldArtifact(
                sound.buildId(),
                sound.htlhash(),
                key.kind(),
                origin,
                sha256,
                size,
                sound.code(),
                sound.quality(),
                sound.layout(),
                now,
                now,
                0);
    }

    private ReceiveResult note(ReceiveResult result) {
        if (result instanceof ReceiveResult.Contradicts(HeldArtifact refused, String why)) {
            store.conflicts().happened(key.buildId(), Conflict.of(refused, refused.stored(), why));
        }
        if (result instanceof ReceiveResult.Overruled(HeldArtifact artifact, HeldArtifact before, String why)) {
            store.conflicts().happened(key.buildId(), Conflict.of(before, artifact.stored(), why));
        }
        return result;
    }

    private ReceiveResult keep(Path arrived, Inspection.Sound sound) throws IOException {
        try {
            requireNonNull(channel).force(true);
            store.disk().reached(CrashPoint.INCOMING_FORCED);
            HeldArtifact offered = offered(sound, HexFormat.of().formatHex(digest.digest()));
            List<Layout> trusted = store.trusted().of(key.buildId());
            return note(store.catalog().accept(offered, arrived, reservation, trusted));
        } catch (IOException e) {
            if (reservation.isHandedOver()) {
                throw e;
            }
            return store.whenFull(DiskBudget.OVERHEAD, e);
        }
    }

    /// Deletes the file unless the store has kept it, and releases the rest of the reservation.
    private void discard() throws IOException {
        FileChannel open = channel;
        Path left = file;
        channel = null;
        file = null;
        if (open != null) {
            open.close();
        }
        if (left != null) {
            Files.deleteIfExists(left);
        }
        reservation.close();
    }
}
