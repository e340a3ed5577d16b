package dev.stackmapd.elfcore.demangle;

/// Limits the work for one name and the depth of its nesting.
final class Budget {

    private final DemangleLimits limits;
    private int work;
    private int depth;
    private int deepest;

    Budget(DemangleLimits limits) {
        this.limits = limits;
        this.deepest = limits.maxDepth();
    }

    /// Resets the budget before a name is read.
    void startReading() {
        work = 0;
        depth = 0;
        deepest = limits.maxDepth();
    }

    /// Resets the depth before the nodes are printed. Work already done still counts.
    void startPrinting() {
        depth = 0;
        deepest = limits.maxDepth() * DemangleLimits.PRINTED_LEVELS;
    }

    /// Charges one unit of work. Returns false if there is none left.
    boolean spend() {
        return ++work <= limits.maxWork();
    }

    /// Enters one level. Returns false if that is too deep; then the name is returned unchanged.
    boolean enter() {
        return ++depth <= deepest;
    }

    void leave() {
        depth--;
    }

    int work() {
        return work;
    }
}
