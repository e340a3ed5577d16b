0x8049010 fourth@plt
0x8049020 second@plt
0x8049030 third@plt
0x8049040 first@plt
