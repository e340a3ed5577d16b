package dev.stackmapd.request;

import org.jspecify.annotations.Nullable;

/// A request that is not taken, and what its sender has to know to mend it. Nothing of the request was kept.
///
/// `app` turns it into a problem body; nothing in it may name a path of this server.
public final class RejectionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Why, as far as the HTTP status goes.
    public enum Category {
        /// The request contradicts the contract; sending it again is useless.
        INVALID,
        /// Well-formed, but over a limit.
        TOO_LARGE,
        /// Well-formed as a request, but what it brings is not what it claims to be.
        UNFIT,
        /// It contradicts what is already there.
        CONFLICT,
        /// The file that it brings contradicts another one of the same build-id.
        CONFLICTING_BINARY,
        /// The process it speaks of is gone.
        GONE,
        /// This server is not allowed to read what the request asks it to.
        NOT_PERMITTED,
        /// There is no room for anything new.
        FULL,
        /// There is no room for it on disk.
        NO_SPACE,
        /// Too much at once; later it may be taken.
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

    public static RejectionException invalid(String field, String detail) {
        return new RejectionException(Category.INVALID, field, detail, 0, 0);
    }

    public static RejectionException tooLarge(String field, String detail) {
        return new RejectionException(Category.TOO_LARGE, field, detail, 0, 0);
    }

    public static RejectionException of(Category category, String detail) {
        return new RejectionException(category, null, detail, 0, 0);
    }

    public static RejectionException of(Category category, String field, String detail) {
        return new RejectionException(category, field, detail, 0, 0);
    }

    /// The same, with the place in the request's text.
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

    /// Where in the request, e.g. `stacks[17].process`; null when it concerns all of it.
    public @Nullable String field() {
        return field;
    }

    /// Line of the request's text, from 1; 0 when not known.
    public int line() {
        return line;
    }

    /// Column of the request's text, from 1; 0 when not known.
    public int column() {
        return column;
    }
}
