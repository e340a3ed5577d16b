; NASM writes symbols without type and size.
section .text
global _start
global add3
add3:
    mov rax, rdi
    add rax, rsi
    add rax, rdx
    ret
local1:
    call add3
    nop
    ret
_start:
    mov rdi, 1
    mov rsi, 2
    mov rdx, 3
    call local1
.loop:
    dec rax
    jnz .loop
    mov rdi, 0
    mov rax, 60
    syscall

section .other progbits alloc exec nowrite align=64
    nop
    nop
other:
    ret
