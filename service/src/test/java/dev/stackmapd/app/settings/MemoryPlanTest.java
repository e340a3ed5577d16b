package dev.stackmapd.app.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.app.http.BodyBuffers;
import dev.stackmapd.app.settings.JavaMemory.Collector;
import dev.stackmapd.app.settings.MemoryPlan.Part;
import dev.stackmapd.app.settings.MemoryPlan.Table;
import dev.stackmapd.stack.FrameBases;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/// The plan adds up for every size of container, and is refused where it cannot.
class MemoryPlanTest {
    private static final long MB = 1 << 20;

    private static MemoryPlan plan(Map<String, String> given, JavaMemory memory) {
        SettingsCheck.Everything settings =
                SettingsCheck.bound(new Binder(new MapConfigurationPropertySource(new HashMap<>(given))));
        return MemoryPlan.of(settings.store(), settings.artifacts(), settings.stackmaps(), settings.ingest(), memory);
    }

    /// As the image starts the JVM: half of the container is heap.
    private static JavaMemory container(long megabytes) {
        Collector collector = megabytes < 1792 ? Collector.SERIAL : Collector.OTHER;
        return new JavaMemory(megabytes / 2 * MB, megabytes * MB, 40 * MB, -1, collector);
    }

    private static long sum(MemoryPlan plan, String place) {
        return plan.parts().stream()
                .filter(part -> part.place().equals(place))
                .mapToLong(Part::bytes)
                .sum();
    }

    @ParameterizedTest
    @ValueSource(longs = {384, 512, 768, 1024, 2048, 4096, 8192, 65536})
    void addsUp(long megabytes) {
        JavaMemory memory = container(megabytes);
        MemoryPlan plan = plan(Map.of(), memory);
        assertThat(sum(plan, "heap")).isBetween(memory.heap() - MB, memory.heap());
        assertThat(memory.heap() + sum(plan, JavaMemory.PLACE)).isBetween(memory.heap(), memory.limit());
        assertThat(plan.parts()).allMatch(part -> part.bytes() > 0);
        for (Table table : Table.values()) {
            assertThat(plan.parts())
                    .filteredOn(part -> part.bytes() == plan.bytes(table))
                    .isNotEmpty();
        }
        assertThat(plan.requests().maxBody()).isGreaterThanOrEqualTo(16 * MB);
        assertThat(plan.bytes(Table.FRAME_BASES)).isBetween(1_000L * FrameBases.BINARY_BYTES, 224 * MB);
    }

    /// What a batch or an answer may be does not depend on the heap from here on.
    @Test
    void aContainerOf1GiBHasTheLimitsThatDocumentsName() {
        MemoryPlan.Requests requests = plan(Map.of(), container(1024)).requests();
        assertThat(requests)
                .isEqualTo(new MemoryPlan.Requests(1, 64 * MB, 1 << 22, 48 * MB, BodyBuffers.bytesFor(16 * MB)));
    }

    @Test
    void aSettingTakesThePlaceOfAShare() {
        Map<String, String> given = Map.of(
                "stackmapd.store.max-bytes", "10MB",
                "stackmapd.artifacts.index-memory", "20MB",
                "stackmapd.artifacts.symbol-memory", "30MB",
                "stackmapd.stackmaps.max-bytes", "40MB",
                "stackmapd.ingest.replay-bytes", "50MB");
        MemoryPlan plan = plan(given, container(1024));
        assertThat(plan.bytes(Table.STORE)).isEqualTo(10 * MB);
        assertThat(plan.bytes(Table.INDEX)).isEqualTo(20 * MB);
        assertThat(plan.bytes(Table.SYMBOLS)).isEqualTo(30 * MB);
        assertThat(plan.bytes(Table.STACKMAPS)).isEqualTo(40 * MB);
        assertThat(plan.bytes(Table.REPLAYS)).isEqualTo(50 * MB);
        assertThat(sum(plan, "heap")).isLessThanOrEqualTo(512 * MB);
    }

    /// The map of the API's example, of addresses, and one of build-ids of the same size.
    @Test
    void kernelStyleMapsOfAnOrdinarySizeFit() {
        assertThat(plan(Map.of(), container(1024)).bytes(Table.STACKMAPS)).isGreaterThan(16_384L * 127 * Long.BYTES);
        assertThat(plan(Map.of(), container(4096)).bytes(Table.STACKMAPS)).isGreaterThan(16_384L * 127 * 32);
    }

    @Test
    void whatIsNotNeededGoesToTheStacks() {
        MemoryPlan plan = plan(Map.of(), container(65536));
        assertThat(plan.bytes(Table.INDEX)).isEqualTo(320 * MB);
        assertThat(plan.bytes(Table.STACKMAPS)).isEqualTo(256 * MB);
        assertThat(plan.bytes(Table.STORE)).isGreaterThan(plan.bytes(Table.SYMBOLS) * 16 / 8);
        long with = plan(Map.of("stackmapd.stackmaps.max-bytes", "0"), container(1024))
                .bytes(Table.STORE);
        assertThat(with).isGreaterThan(plan(Map.of(), container(1024)).bytes(Table.STORE));
    }

    @Test
    void moreAtOnceMeansLessForEach() {
        MemoryPlan.Requests eight = plan(Map.of("stackmapd.ingest.max-concurrent", "4"), container(1024))
                .requests();
        assertThat(eight.maxBody()).isEqualTo(16 * MB);
        assertThat(eight.maxFrames()).isEqualTo(1 << 20);
        assertThat(eight.maxAnswer()).isEqualTo(12 * MB);
    }

    @Test
    void settingsThatAskForMoreThanTheHeapAreRefused() {
        Map<String, String> given =
                Map.of("stackmapd.store.max-bytes", "300MB", "stackmapd.artifacts.index-memory", "200MB");
        assertThatThrownBy(() -> plan(given, container(1024)))
                .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                .hasMessageContaining("512 MB")
                .extracting(e -> ((InvalidConfigurationPropertyValueException) e).getReason())
                .asString()
                .contains("the heap (-Xmx), of which other tables need 8 MB, has 512 MB, and these take 798 MB")
                .contains("store 300 MB (stackmapd.store.max-bytes)")
                .contains("index 200 MB (stackmapd.artifacts.index-memory)");
    }

    @Test
    void aHeapThatLeavesNothingForTheJvmIsRefused() {
        JavaMemory memory = new JavaMemory(300 * MB, 384 * MB, 40 * MB, -1, Collector.SERIAL);
        assertThatThrownBy(() -> plan(Map.of(), memory))
                .extracting(e -> ((InvalidConfigurationPropertyValueException) e).getReason())
                .asString()
                .contains(
                        "beside the heap, this machine or container has 84 MB, and these take 163 MB: code cache 40 MB");
    }

    @Test
    void aHeapThatIsTooSmallForOneBatchIsRefused() {
        JavaMemory memory = new JavaMemory(96 * MB, 4096 * MB, 40 * MB, -1, Collector.SERIAL);
        assertThatThrownBy(() -> plan(Map.of(), memory))
                .extracting(e -> ((InvalidConfigurationPropertyValueException) e).getReason())
                .asString()
                .contains("the heap (-Xmx), of which other tables need 8 MB, has 96 MB");
    }

    /// Options that are lower than what was measured count as they are.
    @Test
    void optionsOfTheJvmCount() {
        JavaMemory small = new JavaMemory(MB, MB, 10 * MB, 20 * MB, Collector.SERIAL);
        assertThat(small.parts()).extracting(Part::bytes).contains(10 * MB, 20 * MB);
        JavaMemory large = new JavaMemory(1600 * MB, MB, 240 * MB, -1, Collector.OTHER);
        assertThat(large.parts()).extracting(Part::bytes).contains(40 * MB, 68 * MB, 100 * MB);
    }

    @Test
    void knowsThisProcess() {
        JavaMemory here = JavaMemory.ofThisProcess();
        assertThat(here.heap()).isEqualTo(Runtime.getRuntime().maxMemory());
        assertThat(here.limit()).isGreaterThan(here.heap());
        assertThat(here.codeCache()).isGreaterThan(MB);
        assertThat(List.of(Collector.values())).contains(here.collector());
    }
}
