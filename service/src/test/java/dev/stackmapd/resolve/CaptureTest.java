package dev.stackmapd.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ByteArrayBytes;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.process.MapsParser;
import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.resolve.linux.PathName;
import dev.stackmapd.stack.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a real kernel answered for the same addresses (`captures/README.md`) is what we answer.
class CaptureTest {
    private static final JsonMapper JSON = new JsonMapper();

    /// An id of 32 bytes, which the kernel does not see (ELF-52).
    private static final String LONG_ID_LIBRARY = "/srv/app/liblong.so";

    private record Sample(List<Long> ips, List<String> kernelFrames) {
        /// XLT-01: the kernel could not take its lock.
        boolean fellBack() {
            return kernelFrames.stream().noneMatch(frame -> frame.startsWith("VALID"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"odd-mappings", "python", "demo"})
    void everyFrameIsTheKernels(String capture) throws IOException {
        VmaIndex vmas = maps(capture);
        Resolving process = Resolving.of(vmas, hints(capture), noFiles(), BuildIdProfile.KERNEL);
        List<Sample> samples = samples(capture);
        Set<Long> notResident = fallenBackAlone(samples);

        int compared = 0;
        for (Sample sample : samples) {
            if (sample.fellBack()) {
                continue;
            }
            List<Frame> frames =
                    process.translate(sample.ips.stream().mapToLong(ip -> ip).toArray());
            for (int i = 0; i < sample.ips.size(); i++) {
                long ip = sample.ips.get(i);
                String kernel = sample.kernelFrames.get(i);
                if (vmas.find(ip) == VmaIndex.NONE) {
                    assertThat(frames.get(i)).as("XLT-24 %x", ip).isEqualTo(new Frame.Raw(ip, reasonOutside(ip)));
                } else if (!(kernel.startsWith("IP") && notResident.contains(ip))) {
                    assertThat(asKernel(frames.get(i))).as("%x", ip).isEqualTo(kernel);
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(sumOfDepths(samples) * 9 / 10);
    }

    @Test
    void aLongIdIsKeptByTheLenientProfile() throws IOException {
        VmaIndex vmas = maps("odd-mappings");
        Resolving lenient = Resolving.of(vmas, hints("odd-mappings"), noFiles(), BuildIdProfile.LENIENT);
        Resolving kernel = Resolving.of(vmas, hints("odd-mappings"), noFiles(), BuildIdProfile.KERNEL);
        int line = lineOf(vmas, LONG_ID_LIBRARY);
        long ip = vmas.start(line) + 0x161;

        assertThat(lenient.translate(ip).getFirst()).as("DEV-11").isInstanceOfSatisfying(Frame.InFile.class, frame -> {
            assertThat(frame.buildId().length()).isEqualTo(32);
            assertThat(frame.offset().value()).isEqualTo(vmas.fileOffset(line) + 0x161);
        });
        assertThat(kernel.translate(ip)).as("ELF-52").containsExactly(new Frame.Raw(ip, Frame.Reason.NO_NOTE));
    }

    @ParameterizedTest(name = "{0} in {1} is {2}")
    @CsvSource({
        "/srv/app/notelf.txt, NOT_ELF",
        "/srv/app/libnone.so, NO_NOTE",
    })
    void filesWithoutAnIdSayWhy(String file, Frame.Reason reason) throws IOException {
        VmaIndex vmas = maps("odd-mappings");
        Resolving lenient = Resolving.of(vmas, hints("odd-mappings"), noFiles(), BuildIdProfile.LENIENT);

        long ip = vmas.start(lineOf(vmas, file));
        assertThat(lenient.translate(ip)).containsExactly(new Frame.Raw(ip, reason));
    }

    private static int lineOf(VmaIndex vmas, String name) {
        for (int i = 0; i < vmas.size(); i++) {
            if (vmas.get(i).name().equals(name) && vmas.executable(i)) {
                return i;
            }
        }
        throw new AssertionError("no executable mapping of " + name);
    }

    private static Frame.Reason reasonOutside(long ip) {
        return Frame.Reason.ofAddress(ip).orElse(Frame.Reason.NO_MAPPING);
    }

    /// Addresses that the kernel translated in one sample and not in another: their page was not resident.
    private static Set<Long> fallenBackAlone(List<Sample> samples) {
        Set<Long> valid = new HashSet<>();
        for (Sample sample : samples) {
            for (int i = 0; i < sample.ips.size(); i++) {
                if (sample.kernelFrames.get(i).startsWith("VALID")) {
                    valid.add(sample.ips.get(i));
                }
            }
        }
        return valid;
    }

    private static int sumOfDepths(List<Sample> samples) {
        return samples.stream().mapToInt(sample -> sample.ips.size()).sum();
    }

    /// As [#kernelFrame]: ids zero-padded to 20 bytes (XLT-12).
    private static String asKernel(Frame frame) {
        return switch (frame) {
            case Frame.InFile inFile ->
                "VALID %s %s"
                        .formatted(
                                padded(inFile.buildId()),
                                "0x" + Long.toHexString(inFile.offset().value()));
            case Frame.Raw raw -> "IP 0x" + Long.toHexString(raw.address());
            case Frame.InKernel _, Frame.Named _ -> throw new AssertionError(frame);
        };
    }

    private static String padded(BuildId id) {
        return id.hex() + "0".repeat(2 * (BuildId.MAX_KERNEL_BYTES - id.length()));
    }

    private static String kernelFrame(JsonNode frame) {
        return frame.get("status").asString().equals("VALID")
                ? "VALID %s %s"
                        .formatted(
                                frame.get("build_id").asString(),
                                frame.get("offset").asString())
                : "IP " + frame.get("ip").asString();
    }

    private static List<Sample> samples(String capture) throws IOException {
        List<Sample> samples = new ArrayList<>();
        for (String line : Files.readAllLines(folder(capture).resolve("samples.jsonl"))) {
            JsonNode sample = JSON.readTree(line);
            List<Long> ips = sample.get("ips")
                    .valueStream()
                    .map(ip -> Long.parseUnsignedLong(ip.asString().substring(2), 16))
                    .toList();
            samples.add(new Sample(
                    ips,
                    sample.get("frames")
                            .valueStream()
                            .map(CaptureTest::kernelFrame)
                            .toList()));
        }
        return samples;
    }

    /// Every other file by its path, to try both ways.
    private static List<BinaryHint> hints(String capture) throws IOException {
        List<BinaryHint> hints = new ArrayList<>();
        for (JsonNode file : JSON.readTree(folder(capture).resolve("files.json"))) {
            byte[] head =
                    Files.readAllBytes(folder(capture).resolve(file.get("head").asString()));
            BinaryHint.Target target = hints.size() % 2 == 0
                    ? new BinaryHint.Target.Inode(
                            MapsText.device(file.get("dev").asString()),
                            file.get("inode").asLong())
                    : new BinaryHint.Target.Path(
                            PathName.of(file.get("path").asString().getBytes(StandardCharsets.UTF_8)));
            hints.add(new BinaryHint(target, new BinaryHint.Identification.Head(new ByteArrayBytes("head", head))));
        }
        return hints;
    }

    private static VmaIndex maps(String capture) throws IOException {
        return MapsParser.parse(Files.readAllBytes(folder(capture).resolve("maps.txt")))
                .vmas();
    }

    private static ProcessFiles noFiles() {
        return Resolving.noFiles();
    }

    private static Path folder(String capture) {
        return Fixtures.path("captures/" + capture);
    }
}
