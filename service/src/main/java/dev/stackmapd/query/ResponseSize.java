package dev.stackmapd.query;

import dev.stackmapd.query.FrameJson.SymbolJson;
import dev.stackmapd.request.RejectionException;
import org.jspecify.annotations.Nullable;

/// Counts the characters of one answer while it is made, and refuses one that is too large to be held in memory: a few
/// frames of a hostile binary can have megabytes of names. For one thread.
final class ResponseSize {
    /// Beside the texts that a binary determines.
    private static final int FRAME_CHARACTERS = 200;

    private static final int SYMBOL_CHARACTERS = 150;

    private final long maxCharacters;
    private long characters;

    /// @param maxCharacters of the answer, roughly
    ResponseSize(long maxCharacters) {
        this.maxCharacters = maxCharacters;
    }

    /// @throws RejectionException of kind `TOO_LARGE` where the frame does not fit
    FrameJson add(FrameJson frame) {
        characters += FRAME_CHARACTERS;
        if (frame instanceof FrameJson.InFile inFile && inFile.symbols() != null) {
            for (SymbolJson symbol : inFile.symbols()) {
                characters += SYMBOL_CHARACTERS
                        + length(symbol.function())
                        + length(symbol.rawName())
                        + length(symbol.file());
            }
        }
        if (characters > maxCharacters) {
            throw RejectionException.tooLarge(
                    "", "the answer has more than %d MB: ask for fewer at once".formatted(maxCharacters >> 20));
        }
        return frame;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
