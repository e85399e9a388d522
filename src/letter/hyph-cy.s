/* The patterns of hyph-cy.dic as a part of the program, for letter/hyphenation.c. */
    .section .rodata
    .global welsh_patterns, welsh_patterns_length
    .balign 4
welsh_patterns_length:
    .long welsh_patterns_end - welsh_patterns
welsh_patterns:
    .incbin "src/letter/hyph-cy.dic"
welsh_patterns_end:
    .section .note.GNU-stack, "", %progbits
