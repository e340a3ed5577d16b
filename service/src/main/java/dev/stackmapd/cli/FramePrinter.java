package dev.stackmapd.cli;

import dev.stackmapd.elfcore.lookup.SourceFrame;
import dev.stackmapd.elfcore.lookup.SourceFrames;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Prints frames in the format of another tool. Not thread-safe.
sealed interface FramePrinter {

    /// Prints the frames of one address.
    void print(long address, SourceFrames answer);

    /// Prints the frames of several addresses, in their order.
    default void print(long[] addresses, SourceFrames[] answers) {
        for (int i = 0; i < addresses.length; i++) {
            print(addresses[i], answers[i]);
        }
    }

    private static String known(String text) {
        return text.isEmpty() ? "??" : text;
    }

    /// Tells if addresses are printed before their functions.
    enum Addresses {
        PRINTED,
        LEFT_OUT
    }

    /// Prints like `llvm-symbolizer`: two lines for each frame, and an empty line after the last one.
    record Llvm(FrameText text, PrintWriter out, Addresses addresses) implements FramePrinter {
        @Override
        public void print(long address, SourceFrames answer) {
            if (addresses == Addresses.PRINTED) {
                out.println("0x" + Long.toHexString(address));
            }
            List<SourceFrame> frames = text.frames(answer);
            for (SourceFrame frame : frames) {
                out.println(known(text.function(frame)));
                out.printf("%s:%d:%d%n", known(text.file(frame)), frame.line(), frame.column());
            }
            out.println(frames.isEmpty() ? "??\n??:0:0\n" : "");
        }
    }

    /// Prints like `addr2line`, without discriminators.
    ///
    /// @param addressDigits hexadecimal digits of an address
    record Addr2line(FrameText text, PrintWriter out, Addresses addresses, Functions functions, int addressDigits)
            implements FramePrinter {

        /// Tells if functions are printed before their lines.
        enum Functions {
            PRINTED,
            LEFT_OUT
        }

        @Override
        public void print(long address, SourceFrames answer) {
            if (addresses == Addresses.PRINTED) {
                String digits = Long.toHexString(address);
                out.println("0x" + "0".repeat(Math.max(0, addressDigits - digits.length())) + digits);
            }
            List<SourceFrame> frames = text.frames(answer);
            if (frames.isEmpty()) {
                print("", "??:0");
            }
            for (SourceFrame frame : frames) {
                print(text.function(frame), known(text.file(frame)) + ":" + (frame.line() == 0 ? "?" : frame.line()));
            }
        }

        private void print(String function, String place) {
            if (functions == Functions.PRINTED) {
                out.println(known(function));
            }
            out.println(place);
        }
    }

    /// Prints like `llvm-symbolizer --output-style=JSON`, without `Discriminator`, `StartFileName` and
    /// `StartLine`; the `StartAddress` of an inlined call is empty.
    ///
    /// @param module the path of the binary as given by the user
    record Json(FrameText text, PrintWriter out, String module) implements FramePrinter {
        private static final JsonFactory JSON = new JsonFactory();
        private static final SourceFrame NOTHING = SourceFrame.ofLine("", 0, 0);

        @Override
        public void print(long address, SourceFrames answer) {
            StringWriter line = new StringWriter();
            try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), line)) {
                write(json, address, answer);
            }
            out.println(line);
        }

        @Override
        public void print(long[] addresses, SourceFrames[] answers) {
            StringWriter line = new StringWriter();
            try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), line)) {
                json.writeStartArray();
                for (int i = 0; i < addresses.length; i++) {
                    write(json, addresses[i], answers[i]);
                }
                json.writeEndArray();
            }
            out.println(line);
        }

        private void write(JsonGenerator json, long address, SourceFrames answer) {
            json.writeStartObject();
            json.writeStringProperty("Address", "0x" + Long.toHexString(address));
            json.writeStringProperty("ModuleName", module);
            json.writeArrayPropertyStart("Symbol");
            List<SourceFrame> frames = text.frames(answer);
            (frames.isEmpty() ? List.of(NOTHING) : frames).forEach(frame -> write(json, address, frame));
            json.writeEndArray();
            json.writeEndObject();
        }

        private void write(JsonGenerator json, long address, SourceFrame frame) {
            boolean hasStart = frame.functionOffset() != SourceFrame.NO_OFFSET;
            json.writeStartObject();
            json.writeNumberProperty("Column", frame.column());
            json.writeStringProperty("FileName", text.file(frame));
            json.writeStringProperty("FunctionName", text.function(frame));
            json.writeNumberProperty("Line", frame.line());
            json.writeStringProperty(
                    "StartAddress", hasStart ? "0x" + Long.toHexString(address - frame.functionOffset()) : "");
            json.writeEndObject();
        }
    }
}
