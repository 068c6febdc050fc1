"""What a browser says of itself, in the few words by which people know it."""

import re

# The first that fits: many say the names of others besides their own.
BROWSERS = (
    (r"\b(?:Edg|EdgA|EdgiOS|Edge)/", "Edge"),
    (r"\b(?:OPR|Opera|OPiOS|OPT)\b", "Opera"),
    (r"\bVivaldi/", "Vivaldi"),
    (r"\bSamsungBrowser/", "Samsung Internet"),
    (r"\bWhale/", "Whale"),
    (r"\bYaBrowser/", "Yandex"),
    (r"\b(?:Firefox|FxiOS)/", "Firefox"),
    (r"\b(?:Chromium|HeadlessChrome)/", "Chromium"),
    (r"\b(?:Chrome|CriOS)/", "Chrome"),
    (r"\bVersion/[\d.]+.* Safari/", "Safari"),
    (r"\bMSIE |\bTrident/", "Internet Explorer"),
)
SYSTEMS = (
    (r"\biPhone\b", "iPhone"),
    (r"\biPad\b", "iPad"),
    (r"\bAndroid\b", "Android"),
    (r"\bCrOS\b", "ChromeOS"),
    (r"\bWindows\b", "Windows"),
    (r"\bMac OS X\b|\bMacintosh\b", "Mac"),
    (r"\bLinux\b|\bX11\b", "Linux"),
)


def names(user_agent: str) -> tuple[str, str]:
    """The browser and the system it runs on, such as ("Firefox", "Linux"); '' where it is none that we know."""
    return _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for pattern, name in known if re.search(pattern, user_agent)), "")
