"""Pictures for people who have not uploaded one: four tiles of simple shapes, always the same for the same person."""

import hashlib

SIZE = 64
TILE = SIZE // 2

# Ground and two inks, all with enough contrast to one another to be told apart at 36 pixels.
PALETTES = (
    ("#f4dfc8", "#c8553d", "#2d4654"),
    ("#dfe8e2", "#2f6f5e", "#e0a458"),
    ("#e7e0f0", "#5b4b8a", "#e07a5f"),
    ("#fbe9d0", "#90323d", "#e6af2e"),
    ("#dcebf2", "#1f5673", "#f2a65a"),
    ("#f3e3e2", "#a4303f", "#3e5c76"),
    ("#e6ead2", "#606c38", "#bc6c25"),
    ("#fde8e4", "#8d3b72", "#f4a259"),
    ("#e0ecef", "#33658a", "#f26419"),
    ("#efe6dd", "#5e4352", "#86a397"),
    ("#e3f0e8", "#19647e", "#ee964b"),
    ("#f6ecd9", "#34435e", "#d1495b"),
)

# Shapes in a tile of 32, drawn with the tile's own corner as origin.
SHAPES = (
    "M0 0H32A32 32 0 0 1 0 32Z",
    "M32 0V32A32 32 0 0 1 0 0Z",
    "M32 32H0A32 32 0 0 1 32 0Z",
    "M0 32V0A32 32 0 0 1 32 32Z",
    "M16 3A13 13 0 1 1 16 29A13 13 0 1 1 16 3Z",
    "M0 0H32L0 32Z",
    "M32 32H0L32 0Z",
    "M0 0H32V16H0Z",
    "M16 0H32V32H16Z",
    "M0 16A16 16 0 0 1 32 16V32H0Z",
)


def draw(seed: str) -> str:
    """An SVG of 64 by 64 units for a seed."""
    digest = hashlib.sha256(seed.encode()).digest()
    ground, *inks = PALETTES[digest[0] % len(PALETTES)]
    tiles = "".join(
        f'<path transform="translate({TILE * (number % 2)} {TILE * (number // 2)})" '
        f'fill="{inks[digest[number + 5] % 2]}" d="{SHAPES[digest[number + 1] % len(SHAPES)]}"/>'
        for number in range(4)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" height="{SIZE}">'
        f'<path fill="{ground}" d="M0 0H{SIZE}V{SIZE}H0Z"/>{tiles}</svg>'
    )
