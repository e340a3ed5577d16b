package dev.stackmapd.cli;

/// Ends a command with one sentence for the user and an exit code.
final class CommandException extends Exception {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    CommandException(int exitCode, String sentence) {
        super(sentence);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
