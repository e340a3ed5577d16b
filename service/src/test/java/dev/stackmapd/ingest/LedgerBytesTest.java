package dev.stackmapd.ingest;

import dev.stackmapd.RetainedHeap;
import dev.stackmapd.ingest.BatchReceipt.Warning;
import dev.stackmapd.stack.StackId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A ledger that is full takes what it may take.
class LedgerBytesTest {

    @ParameterizedTest
    @CsvSource({"4000000, 0, 0", "16000000, 0, 0", "16000000, 100, 0", "16000000, 0, 20"})
    void ofAFullLedger(int maxBytes, int ids, int warnings) {
        long measured = RetainedHeap.of(() -> {
            BatchLedger ledger = new BatchLedger(Duration.ofHours(1), maxBytes, InstantSource.system());
            for (int i = 0; ledger.forgottenEarly() < 10; i++) {
                BatchReceipt receipt = receipt(i, ids, warnings);
                var _ = ledger.once(new BatchLedger.Key("sender-" + i, "agent/" + i), new byte[32], () -> receipt);
            }
            return ledger;
        });
        RetainedHeap.agrees(maxBytes, measured);
    }

    private static BatchReceipt receipt(int batch, int ids, int warnings) {
        List<StackId> all = new ArrayList<>();
        for (int i = 0; i < ids; i++) {
            all.add(new StackId(batch, i));
        }
        List<Warning> said = new ArrayList<>();
        for (int i = 0; i < warnings; i++) {
            said.add(Warning.ofLine(1000 + i, 2000 + i, 3000 + i, "the line has no address of its end: " + batch));
        }
        return new BatchReceipt(all, ids, new BatchReceipt.Frames(batch, Map.of()), said);
    }
}
