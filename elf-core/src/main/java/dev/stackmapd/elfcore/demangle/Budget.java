package dev.stackmapd.elfcore.demangle;

/// What one name has cost so far, and how deep it stands.
final class Budget {

    private final DemangleLimits limits;
    private int work;
    private int depth;
    private int deepest;

    Budget(DemangleLimits limits) {
        this.limits = limits;
        this.deepest = limits.maxDepth();
    }

    /// Before a name is read.
    void startReading() {
        work = 0;
        depth = 0;
        deepest = limits.maxDepth();
    }

    /// Before its nodes are printed; work already done still counts.
    void startPrinting() {
        depth = 0;
        deepest = limits.maxDepth() * DemangleLimits.PRINTED_LEVELS;
    }

    /// Takes one unit of work; false when there is none left.
    boolean spend() {
        return ++work <= limits.maxWork();
    }

    /// Goes one level deeper; false when that is too deep, and then the name is given up.
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
