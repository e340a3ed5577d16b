# A 9 KB note of another owner, which the linker puts before the build-id.
        .section .note.padding, "a", @note
        .long   4
        .long   9000
        .long   77
        .asciz  "PAD"
        .fill   9000, 1, 0x41

        .section .note.GNU-stack, "", @progbits
