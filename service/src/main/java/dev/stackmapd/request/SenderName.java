package dev.stackmapd.request;

/// The name that a sender gives itself while senders are not authenticated by tokens. The name is not
/// verified: honest senders get a namespace of their own, and a dishonest one can use the name of
/// another.
public final class SenderName {
    /// The request header that carries the name.
    public static final String HEADER = "X-Stackmapd-Sender";

    private static final int MAX_CHARACTERS = 128;

    private SenderName() {}

    /// Returns the name unchanged.
    ///
    /// @param name empty if the sender gives none
    /// @throws RejectionException of category `INVALID` if the name is longer than 128 characters
    public static String checked(String name) {
        if (name.length() > MAX_CHARACTERS) {
            throw RejectionException.invalid(HEADER, "must be at most %d characters".formatted(MAX_CHARACTERS));
        }
        return name;
    }
}
