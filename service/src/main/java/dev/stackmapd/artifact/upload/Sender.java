package dev.stackmapd.artifact.upload;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.artifact.disk.Origin;

/// The client that uploads a file.
///
/// @param route the protocol
/// @param address of the other end of the connection; printable ASCII without spaces
/// @param name that it gives itself; printable ASCII, empty if it gives none
record Sender(Origin.Route route, String address, String name) {
    Sender {
        requireNonNull(route, "route");
        requireNonNull(address, "address");
        requireNonNull(name, "name");
    }

    /// @param name as it was sent; characters that could forge a line of a log are escaped
    static Sender of(Origin.Route route, String address, String name) {
        return new Sender(route, escaped(address).replace(' ', '_'), escaped(name));
    }

    /// Returns the key of the bounds for parked uploads: the name, because senders behind one proxy have
    /// the same address; the address if there is no name.
    String key() {
        return name.isEmpty() ? "address " + address : "name " + name;
    }

    Origin.Upload origin() {
        return new Origin.Upload(route, address.isEmpty() ? "unknown" : address, name);
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            String next =
                    c < ' ' || c > '~' || c == '"' || c == '\\' ? "\\x%02x".formatted((int) c) : String.valueOf(c);
            if (escaped.length() + next.length() > Origin.MAX_NAME) {
                break;
            }
            escaped.append(next);
        }
        return escaped.toString();
    }
}
