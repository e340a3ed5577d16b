package dev.stackmapd.request;

/// The name that a sender gives itself where there are no tokens to tell senders apart. It is believed as it
/// stands: honest senders get a namespace of their own, and nothing keeps a dishonest one from using
/// another's name.
public final class SenderName {
    /// The request header that has it.
    public static final String HEADER = "X-Stackmapd-Sender";

    private static final int MAX_CHARACTERS = 128;

    private SenderName() {}

    /// Returns the name if it is not too long.
    ///
    /// @param name empty where there is none
    public static String checked(String name) {
        if (name.length() > MAX_CHARACTERS) {
            throw RejectionException.invalid(HEADER, "must be at most %d characters".formatted(MAX_CHARACTERS));
        }
        return name;
    }
}
