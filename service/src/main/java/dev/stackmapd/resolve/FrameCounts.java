package dev.stackmapd.resolve;

import dev.stackmapd.stack.Frame;
import java.util.EnumMap;
import java.util.Map;

/// Frames by what came of translating them. Not thread-safe.
public final class FrameCounts {
    private long inFile;
    private final long[] rawByCode = new long[16];

    /// Frames with a build-id.
    public long inFile() {
        return inFile;
    }

    /// Frames without one, by reason; reasons that did not occur are left out.
    public Map<Frame.Reason, Long> raw() {
        Map<Frame.Reason, Long> raw = new EnumMap<>(Frame.Reason.class);
        for (Frame.Reason reason : Frame.Reason.values()) {
            if (rawByCode[reason.code()] != 0) {
                raw.put(reason, rawByCode[reason.code()]);
            }
        }
        return raw;
    }

    public void countInFile() {
        inFile++;
    }

    public void countRaw(Frame.Reason reason) {
        rawByCode[reason.code()]++;
    }
}
