package dev.stackmapd.app;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.stack.StackId;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

/// How the project's own values are written in JSON: as their texts, which are the contract's forms.
final class WireForms extends SimpleModule {
    private static final long serialVersionUID = 1L;

    WireForms() {
        super("stackmapd");
        addSerializer(StackId.class, ToStringSerializer.instance);
        addSerializer(BuildId.class, ToStringSerializer.instance);
        addSerializer(FileOffset.class, ToStringSerializer.instance);
    }
}
