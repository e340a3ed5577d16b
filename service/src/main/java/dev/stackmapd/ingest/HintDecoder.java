package dev.stackmapd.ingest;

import dev.stackmapd.elfcore.bytes.ByteArrayBytes;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.process.Device;
import dev.stackmapd.resolve.BinaryHint;
import dev.stackmapd.resolve.BinaryHint.Identification;
import dev.stackmapd.resolve.BinaryHint.Target;
import dev.stackmapd.resolve.MappedFile;
import dev.stackmapd.resolve.linux.PathName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Decodes one element of `processes[].binaries`: what the sender knows of a mapped file.
final class HintDecoder {
    /// The form of a device in a maps text (PMX-04).
    private static final Pattern DEVICE = Pattern.compile("([0-9a-f]{2,8}):([0-9a-f]{2,8})");

    private final JsonReader in;
    private final int maxHeadBytes;

    HintDecoder(JsonReader in, int maxHeadBytes) {
        this.in = in;
        this.maxHeadBytes = maxHeadBytes;
    }

    /// Returns a hint for each identification in the element, in the order of precedence.
    List<BinaryHint> hints() {
        Optional<String> path = Optional.empty();
        Optional<Device> device = Optional.empty();
        Optional<Long> inode = Optional.empty();
        Optional<BuildId> buildId = Optional.empty();
        Optional<byte[]> head = Optional.empty();
        String at = in.field();
        in.beginObject();
        while (in.nextField()) {
            switch (in.name()) {
                case "path" -> path = Optional.of(in.readString());
                case "dev" -> device = Optional.of(device());
                case "inode" -> inode = Optional.of(in.readUnsigned());
                case "buildId" -> buildId = Optional.of(in.readBuildId());
                case "head" -> head = Optional.of(in.readBase64(maxHeadBytes));
                default -> in.skip();
            }
        }
        Target target = target(at, path.map(HintDecoder::name), device, inode);
        List<BinaryHint> hints = new ArrayList<>(2);
        buildId.ifPresent(id -> hints.add(new BinaryHint(target, new Identification.Known(id))));
        head.ifPresent(
                bytes -> hints.add(new BinaryHint(target, new Identification.Head(new ByteArrayBytes("head", bytes)))));
        if (hints.isEmpty()) {
            throw in.refuse(at, "has neither buildId nor head");
        }
        return hints;
    }

    private Target target(String at, Optional<PathName> path, Optional<Device> device, Optional<Long> inode) {
        if (path.isEmpty()) {
            if (device.isEmpty() || inode.isEmpty()) {
                throw in.refuse(at, "has neither path nor dev and inode");
            }
            return new Target.Inode(device.get(), inode.get());
        }
        PathName name = path.get();
        if (inode.isEmpty()) {
            return new Target.Path(name);
        }
        return device.isPresent()
                ? new Target.File(new MappedFile(device.get(), inode.get(), name))
                : new Target.PathAndInode(name, inode.get());
    }

    private static PathName name(String path) {
        return PathName.of(path.getBytes(StandardCharsets.UTF_8));
    }

    private Device device() {
        Matcher device = DEVICE.matcher(in.readString());
        if (!device.matches()) {
            throw in.refuse(in.field(), "must be two hexadecimal numbers, as in maps: fe:00");
        }
        return new Device(Integer.parseUnsignedInt(device.group(1), 16), Integer.parseUnsignedInt(device.group(2), 16));
    }
}
