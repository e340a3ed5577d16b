package dev.stackmapd.ingest;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBase;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the frames of stacks that were translated already: `{buildId, offset}`, the same with `"kernel": true`,
/// `{htlhash, offset}`, `{type, function, file, line}`, or `{ip, reason}`. Each distinct base is kept once. For one
/// batch and one thread.
final class FrameDecoder {
    private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9_.-]{0,31}");
    private static final int MAX_FUNCTION_CHARS = 1 << 14;
    private static final int MAX_FILE_CHARS = 1 << 12;

    private final JsonReader in;
    private final Batch batch;
    private final int maxBases;
    private final Map<FrameBase, Integer> bases = new HashMap<>();

    /// @param maxBases distinct files, kernels and functions of the batch
    FrameDecoder(JsonReader in, Batch batch, int maxBases) {
        this.in = in;
        this.batch = batch;
        this.maxBases = maxBases;
    }

    /// The fields of one frame, as they come.
    private static final class Fields {
        private @Nullable BuildId buildId;
        private @Nullable BuildId htlhash;
        private @Nullable Long offset;
        private @Nullable Long ip;
        private @Nullable String type;
        private @Nullable String function;
        private String file = "";
        private int line;
        private boolean kernel;
        private Optional<Frame.Reason> reason = Optional.empty();

        private boolean hasName() {
            return type != null || function != null;
        }

        private boolean hasFile() {
            return buildId != null || htlhash != null || offset != null;
        }

        boolean isRaw() {
            return ip != null && !hasFile() && !hasName();
        }

        boolean isNamed() {
            return type != null && function != null && ip == null && !hasFile();
        }

        /// Returns the file or kernel that the offset counts from, if these fields are there and no other.
        Optional<FrameBase> base() {
            if (ip != null || hasName() || offset == null || (buildId != null && htlhash != null)) {
                return Optional.empty();
            }
            if (htlhash != null) {
                return kernel ? Optional.empty() : Optional.of(new FrameBase.File(htlhash));
            }
            if (buildId == null) {
                return Optional.empty();
            }
            return Optional.of(kernel ? new FrameBase.Kernel(buildId) : new FrameBase.File(buildId));
        }
    }

    /// Reads the frame that the reader stands on, and adds it to the batch.
    void read() {
        String at = in.field();
        Fields frame = new Fields();
        in.beginObject();
        while (in.nextField()) {
            read(frame);
        }
        add(frame, at);
    }

    private void read(Fields frame) {
        switch (in.name()) {
            case "buildId" -> frame.buildId = in.readBuildId();
            case "htlhash" -> frame.htlhash = in.readHtlhash();
            case "kernel" -> frame.kernel = in.readBoolean();
            case "offset" -> frame.offset = in.readUnsigned();
            case "ip" -> frame.ip = in.readUnsigned();
            case "reason" -> frame.reason = Optional.of(reason());
            case "type" -> frame.type = type();
            case "function" -> frame.function = text(1, MAX_FUNCTION_CHARS);
            case "file" -> frame.file = text(0, MAX_FILE_CHARS);
            case "line" -> frame.line = (int) in.readInteger(0, Integer.MAX_VALUE);
            default -> in.skip();
        }
    }

    private void add(Fields frame, String at) {
        if (frame.isRaw()) {
            batch.addRaw(
                    frame.ip,
                    frame.reason.orElse(Frame.Reason.ofAddress(frame.ip).orElse(Frame.Reason.NO_MAPPING)));
        } else if (frame.isNamed()) {
            addBased(new FrameBase.Function(frame.type, frame.function, frame.file), frame.line);
        } else {
            FrameBase base = frame.base()
                    .orElseThrow(() ->
                            in.refuse(at, "has either buildId or htlhash and an offset, or type and function, or ip"));
            addBased(base, frame.offset);
        }
    }

    private void addBased(FrameBase base, long number) {
        Integer known = bases.get(base);
        if (known == null) {
            if (bases.size() == maxBases) {
                throw RefusedException.tooLarge(
                        in.field(), "more than %d distinct build-ids and functions in the batch".formatted(maxBases));
            }
            known = batch.addBase(base);
            bases.put(base, known);
        }
        batch.addBased(known, number);
    }

    private String type() {
        String type = in.readString();
        if (!TYPE.matcher(type).matches()) {
            throw in.refuse(in.field(), "must be a letter and up to 31 more of a-z 0-9 _ . -");
        }
        return type;
    }

    private String text(int min, int max) {
        String text = in.readString();
        if (text.length() < min || text.length() > max) {
            throw in.refuse(in.field(), "must have %d to %d characters".formatted(min, max));
        }
        return text;
    }

    private Frame.Reason reason() {
        String name = in.readString();
        for (Frame.Reason reason : Frame.Reason.values()) {
            if (reason.name().equals(name)) {
                return reason;
            }
        }
        throw in.refuse(in.field(), "is not a reason that a frame can have");
    }
}
