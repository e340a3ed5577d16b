package dev.stackmapd.artifact.disk;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.artifact.disk.Disk.CrashPoint;
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

/// One file on its way into the store: written piece by piece, then finished, and closed in any case.
///
/// Nothing is held of it before [#finish] says so; closed without, it leaves nothing behind. For one thread at a
/// time.
public final class IncomingFile implements AutoCloseable {
    static final long UNKNOWN_LENGTH = -1;

    /// Space is reserved as far ahead as bytes have come, within these bounds: a sender that stops early
    /// holds little.
    static final long LEAST_AHEAD = 256L << 10;

    private static final long MOST_AHEAD = 8L << 20;

    private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};

    private final ArtifactStore store;
    private final ArtifactKey key;
    private Origin origin;
    private final long announced;
    private final MessageDigest digest = Digests.sha256();
    private final SpaceReservation reservation;
    private @Nullable Path file;
    private @Nullable FileChannel channel;
    private @Nullable ReceiveResult outcome;
    private Inspection.@Nullable Sound sound;
    private long size;
    /// Bytes of the file that room was taken for.
    private long reserved;

    /// Refuses a file that could not be kept if it came now, and takes the room for its beginning.
    ///
    /// @param announced bytes that will come, or [#UNKNOWN_LENGTH]
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

    /// Whether more bytes are of use.
    public enum Flow {
        MORE,
        /// It is decided: [#finish] says why, and further bytes are ignored.
        STOP
    }

    /// To be asked before a sender is told to go on.
    public Flow flow() {
        return outcome == null ? Flow.MORE : Flow.STOP;
    }

    /// Takes the remaining bytes of a buffer.
    ///
    /// @throws IOException where they cannot be written for another reason than a full disk
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

    /// SHA-256 of the bytes so far, 64 lower-case hex digits. Not after [#finish].
    public String sha256SoFar() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's SHA-256 can be cloned", e);
        }
    }

    /// Bytes that were taken so far.
    public long received() {
        return size;
    }

    /// Checks what came without keeping it. Empty where [#finish] may keep it; further bytes are then of no use.
    public Optional<ReceiveResult> check() throws IOException {
        if (outcome == null) {
            outcome = refusal();
        }
        if (outcome != null) {
            discard();
        }
        return Optional.ofNullable(outcome);
    }

    /// Checks what came, and keeps it if it is of use. A second call gives the same answer.
    ///
    /// @throws IOException where it is not known whether it is kept
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

    /// Gives up what is not finished. A second call does nothing.
    @Override
    public void close() throws IOException {
        if (outcome == null) {
            outcome = new ReceiveResult.Truncated(size, "it was given up");
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

    /// Takes room for the next bytes, and for some more where more were announced.
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

    /// Gives back the room for bytes that have not come, until more of them do.
    public void pause() {
        if (outcome == null && reserved > size) {
            reservation.giveBack(reserved - size);
            reserved = size;
        }
    }

    /// Has another request go on with the file, which is where it comes from then.
    public void continueFrom(Origin next) {
        origin = next;
    }

    /// Bytes of the store's quota that are taken for it.
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

    /// Why what came cannot be kept; null where it can.
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

    /// What is offered may contradict other files; that is decided again when it is kept.
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

    /// Removes what is not the store's by now, and gives the room back; what the store kept counts for itself.
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
