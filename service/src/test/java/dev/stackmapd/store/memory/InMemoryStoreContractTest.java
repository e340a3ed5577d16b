package dev.stackmapd.store.memory;

import dev.stackmapd.store.BatchStoreContract;
import dev.stackmapd.store.BinaryStoreContract;
import dev.stackmapd.store.SightingStoreContract;
import dev.stackmapd.store.StackStoreContract;
import dev.stackmapd.store.Store;
import java.time.InstantSource;
import org.junit.jupiter.api.Nested;

/// Runs the contract tests against the [InMemoryStore].
class InMemoryStoreContractTest {
    @Nested
    class Stacks extends StackStoreContract {
        @Override
        protected Store open(long maxBytes, InstantSource clock) {
            return InMemoryStoreTest.inMemory(maxBytes, maxBytes, clock);
        }
    }

    @Nested
    class Batches extends BatchStoreContract {
        @Override
        protected Store open(long maxBytes, InstantSource clock) {
            return InMemoryStoreTest.inMemory(maxBytes, maxBytes, clock);
        }
    }

    @Nested
    class OfSightings extends SightingStoreContract {
        @Override
        protected Store open(long maxBytes, InstantSource clock) {
            return InMemoryStoreTest.inMemory(maxBytes, maxBytes, clock);
        }
    }

    @Nested
    class Binaries extends BinaryStoreContract {
        @Override
        protected Store open(long maxBytes, InstantSource clock) {
            return InMemoryStoreTest.inMemory(maxBytes, maxBytes, clock);
        }
    }
}
