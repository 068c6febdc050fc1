"""Pictures for people who have not uploaded one: a harbour view of sky, sun and two shores, always the same for a seed."""

import hashlib

SIZE = 64

# Sky, sun, far shore, near shore: each stands out from the one behind it, also at 36 pixels and on a dark page.
PALETTES = (
    ("#cfe8ef", "#ff7a3d", "#4f9db5", "#0f4a63"),
    ("#ffd9b8", "#e4572e", "#7b9ea8", "#22405c"),
    ("#f7c9c2", "#fff3e4", "#c2607a", "#4b2a4f"),
    ("#16324a", "#ffd166", "#2f6b8a", "#86c5d8"),
    ("#d9ecd6", "#f4a259", "#5b9a6f", "#1f4e44"),
    ("#f9e2a7", "#d1495b", "#7fa69a", "#2b4c5e"),
    ("#dcd6f2", "#ffb25b", "#8779bd", "#342a66"),
    ("#2a2346", "#ff8b6a", "#65549a", "#b9a7e6"),
    ("#c9efe4", "#ef6f6c", "#3fa595", "#12545a"),
    ("#fde3ea", "#7a3e9d", "#e08bae", "#7d2c52"),
    ("#123a3b", "#f6bd60", "#2b7a6f", "#9ad5b5"),
    ("#e9e2d0", "#2a7f9e", "#c49a5a", "#5d4630"),
    ("#d3dcf7", "#f25f5c", "#6f8fd8", "#243b86"),
    ("#3c1f33", "#ffcf70", "#9b3f5b", "#ef9a7e"),
    ("#e3f1c8", "#2d7dd2", "#9fb84d", "#3f5c1d"),
    ("#ffe4c4", "#3d8361", "#f0a04b", "#a63d2f"),
)

SUNS = ((18, 20), (32, 17), (46, 20), (22, 30), (42, 30), (32, 27), (17, 27), (47, 27))
RADII = (7, 9.5, 12, 15)

# Shores are closed along the lower edge. Each list has straight and round, level and steep ones.
FAR = (
    "M0 36H64V64H0Z",
    "M0 30Q16 22 32 32T64 30V64H0Z",
    "M0 44L22 22L40 40L50 31L64 44V64H0Z",
    "M0 40A22 22 0 0 1 44 40H64V64H0Z",
    "M0 26L64 42V64H0Z",
    "M0 34Q20 22 36 37T64 31V64H0Z",
    "M0 40H14V26H30V40H42V32H54V40H64V64H0Z",
    "M0 46Q34 44 64 20V64H0Z",
)
NEAR = (
    "M0 49H64V64H0Z",
    "M0 48Q8 42 16 48T32 48T48 48T64 48V64H0Z",
    "M0 42Q30 46 64 58V64H0Z",
    "M0 58Q30 52 64 42V64H0Z",
    "M0 56A24 16 0 0 1 48 56H64V64H0Z",
    "M0 54L16 42L32 54L48 42L64 54V64H0Z",
    "M0 44L22 53L64 46V64H0Z",
    "M0 52H26V44H38V52H64V64H0Z",
)


def draw(seed: str) -> str:
    """An SVG of 64 by 64 units for a seed; made to be seen in a circle."""
    digest = hashlib.sha256(seed.encode()).digest()
    sky, light, far, near = PALETTES[digest[0] % len(PALETTES)]
    x, y = SUNS[digest[1] % len(SUNS)]
    radius = RADII[digest[2] % len(RADII)]
    mirrored = ' transform="matrix(-1 0 0 1 64 0)"' if digest[5] % 2 else ""
    shores = f'<path fill="{far}" d="{FAR[digest[3] % len(FAR)]}"/><path fill="{near}" d="{NEAR[digest[4] % len(NEAR)]}"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" height="{SIZE}">'
        f'<path fill="{sky}" d="M0 0H{SIZE}V{SIZE}H0Z"/><circle cx="{x}" cy="{y}" r="{radius}" fill="{light}"/>'
        f"<g{mirrored}>{shores}</g></svg>"
    )
