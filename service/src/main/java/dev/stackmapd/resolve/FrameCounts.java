package dev.stackmapd.resolve;

import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBase;
import java.util.EnumMap;
import java.util.Map;

/// Counts frames by the result of their translation. Not thread-safe.
public final class FrameCounts {
    private long inFile;
    private long inKernel;
    private long named;
    private final long[] rawByCode = new long[16];

    /// Returns the number of frames in a file that is known by its build-id.
    public long inFile() {
        return inFile;
    }

    /// Returns the number of frames in a kernel or module that is known by its build-id.
    public long inKernel() {
        return inKernel;
    }

    /// Returns the number of frames that were sent with their names.
    public long named() {
        return named;
    }

    /// Returns the number of raw frames by reason, without reasons that did not occur.
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

    /// Counts a frame that was sent in translated form.
    public void count(FrameBase base) {
        switch (base) {
            case FrameBase.File _ -> inFile++;
            case FrameBase.Kernel _ -> inKernel++;
            case FrameBase.Function _ -> named++;
        }
    }

    public void countRaw(Frame.Reason reason) {
        rawByCode[reason.code()]++;
    }
}
