package dev.stackmapd.store.memory;

import dev.stackmapd.store.StackStore;
import dev.stackmapd.store.StackStoreContract;

class InMemoryStackStoreTest extends StackStoreContract {
    @Override
    protected StackStore open(long maxBytes) {
        return new InMemoryStackStore(buildIds, maxBytes);
    }
}
