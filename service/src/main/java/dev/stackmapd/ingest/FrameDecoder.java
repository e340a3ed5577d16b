package dev.stackmapd.ingest;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBase;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Decodes translated frames: `{buildId, offset}`, the same with `"kernel": true`, `{htlhash, offset}`,
/// `{type, function, file, line}`, or `{ip, reason}`. Each distinct base is stored once. An instance
/// serves one batch. Not thread-safe.
final class FrameDecoder {
    private static final Pattern TYPE_NAME = Pattern.compile("[a-z][a-z0-9_.-]{0,31}");
    private static final int MAX_FUNCTION_CHARS = 1 << 14;
    private static final int MAX_FILE_CHARS = 1 << 12;

    /// Bits for the fields that a frame has. `file`, `line`, `kernel` and `reason` are optional.
    private static final int BUILD_ID = 1;

    private static final int HTLHASH = 1 << 1;
    private static final int OFFSET = 1 << 2;
    private static final int IP = 1 << 3;
    private static final int TYPE = 1 << 4;
    private static final int FUNCTION = 1 << 5;

    private final JsonReader in;
    private final Batch batch;
    private final int maxBases;
    private final Map<FrameBase, Integer> bases = new HashMap<>();

    /// @param maxBases maximum number of distinct files, kernels and functions of the batch
    FrameDecoder(JsonReader in, Batch batch, int maxBases) {
        this.in = in;
        this.batch = batch;
        this.maxBases = maxBases;
    }

    /// The fields of one frame.
    private static final class Fields {
        private int present;
        private Optional<BuildId> binary = Optional.empty();
        private long offset;
        private long ip;
        private String type = "";
        private String function = "";
        private String file = "";
        private int line;
        private boolean kernel;
        private Optional<Frame.Reason> reason = Optional.empty();
    }

    /// Reads the current frame, and adds it to the batch.
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
            case "buildId" -> {
                frame.binary = Optional.of(in.readBuildId());
                frame.present |= BUILD_ID;
            }
            case "htlhash" -> {
                frame.binary = Optional.of(in.readHtlhash());
                frame.present |= HTLHASH;
            }
            case "offset" -> {
                frame.offset = in.readUnsigned();
                frame.present |= OFFSET;
            }
            case "ip" -> {
                frame.ip = in.readUnsigned();
                frame.present |= IP;
            }
            case "type" -> {
                frame.type = type();
                frame.present |= TYPE;
            }
            case "function" -> {
                frame.function = text(1, MAX_FUNCTION_CHARS);
                frame.present |= FUNCTION;
            }
            case "kernel" -> frame.kernel = in.readBoolean();
            case "reason" -> frame.reason = Optional.of(reason());
            case "file" -> frame.file = text(0, MAX_FILE_CHARS);
            case "line" -> frame.line = (int) in.readInteger(0, Integer.MAX_VALUE);
            default -> in.skip();
        }
    }

    private void add(Fields frame, String at) {
        boolean isKernel = frame.kernel && frame.present == (BUILD_ID | OFFSET);
        boolean isFile = !frame.kernel && (frame.present == (BUILD_ID | OFFSET) || frame.present == (HTLHASH | OFFSET));
        if (frame.present == IP) {
            batch.addRaw(
                    frame.ip,
                    frame.reason.orElse(Frame.Reason.ofAddress(frame.ip).orElse(Frame.Reason.NO_MAPPING)));
        } else if (frame.present == (TYPE | FUNCTION)) {
            addBased(new FrameBase.Function(frame.type, frame.function, frame.file), frame.line);
        } else if (isFile) {
            addBased(new FrameBase.File(frame.binary.orElseThrow()), frame.offset);
        } else if (isKernel) {
            addBased(new FrameBase.Kernel(frame.binary.orElseThrow()), frame.offset);
        } else {
            throw in.refuse(at, "has either buildId or htlhash and an offset, or type and function, or ip");
        }
    }

    private void addBased(FrameBase base, long number) {
        Integer known = bases.get(base);
        if (known == null) {
            if (bases.size() == maxBases) {
                throw RejectionException.tooLarge(
                        in.field(), "more than %d distinct build-ids and functions in the batch".formatted(maxBases));
            }
            known = batch.addBase(base);
            bases.put(base, known);
        }
        batch.addBased(known, number);
    }

    private String type() {
        String type = in.readString();
        if (!TYPE_NAME.matcher(type).matches()) {
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
