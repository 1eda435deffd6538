"""How often identity is right: a made-up world, sellers that tell of it with noise, and what comes of it.

`make identity` measures and writes docs/identity.md. The training and development splits are for choosing numbers, the
held-out split for reporting them.
"""
