package dev.stackmapd.request;

import org.jspecify.annotations.Nullable;

/// The service rejects a request. The exception says what the sender has to change. Nothing of the
/// request was kept.
///
/// `app` renders it as a problem body, so its text must not name a path of this server.
public final class RejectionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// The category of the rejection; each maps to one HTTP status.
    public enum Category {
        /// The request contradicts the contract; repeating it is useless.
        INVALID,
        /// The request is well-formed, but exceeds a limit.
        TOO_LARGE,
        /// The request is well-formed, but its content is not what it claims to be.
        UNFIT,
        /// The request contradicts what is stored already.
        CONFLICT,
        /// The uploaded file contradicts another file of the same build-id.
        CONFLICTING_BINARY,
        /// The process that the request names has ended.
        GONE,
        /// This server has no permission to read what the request needs.
        NOT_PERMITTED,
        /// The store has no space for anything new.
        FULL,
        /// The disk has no space for the content.
        NO_SPACE,
        /// The server is overloaded; a later attempt may succeed.
        BUSY
    }

    private final Category category;
    private final @Nullable String field;
    private final int line;
    private final int column;

    private RejectionException(Category category, @Nullable String field, String detail, int line, int column) {
        super(detail);
        this.category = category;
        this.field = field;
        this.line = line;
        this.column = column;
    }

    /// Returns a rejection of category `INVALID`.
    ///
    /// @param field path of the rejected field, such as `stacks[17].process`; empty for the whole body
    /// @param detail says what is wrong with the field, as the predicate of a sentence
    public static RejectionException invalid(String field, String detail) {
        return new RejectionException(Category.INVALID, field, detail, 0, 0);
    }

    /// Returns a rejection of category `TOO_LARGE`; parameters as in [#invalid].
    public static RejectionException tooLarge(String field, String detail) {
        return new RejectionException(Category.TOO_LARGE, field, detail, 0, 0);
    }

    /// Returns a rejection of the whole request.
    public static RejectionException of(Category category, String detail) {
        return new RejectionException(category, null, detail, 0, 0);
    }

    /// Returns a rejection of one field, whose path is as in [#field].
    public static RejectionException of(Category category, String field, String detail) {
        return new RejectionException(category, field, detail, 0, 0);
    }

    /// Returns the same rejection with a position in the request's text.
    ///
    /// @param line from 1
    /// @param column from 1
    public RejectionException at(int line, int column) {
        return new RejectionException(category, field, detail(), line, column);
    }

    public Category category() {
        return category;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }

    /// Returns the rejected field, such as `stacks[17].process`; null if the rejection concerns the
    /// whole request.
    public @Nullable String field() {
        return field;
    }

    /// Returns the line in the request's text, from 1; 0 if it is unknown.
    public int line() {
        return line;
    }

    /// Returns the column in the request's text, from 1; 0 if it is unknown.
    public int column() {
        return column;
    }
}
