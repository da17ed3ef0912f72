"""Name of a browser, by which its user recognises a session: program and system, never the whole `User-Agent`."""

# The first match counts: browsers also name those that they are compatible with.
PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def describe_browser(user_agent: str) -> str:
    """Return "Firefox, Linux"; empty if neither is known."""
    names = [next((name for mark, name in known if mark in user_agent), "") for known in (PROGRAMS, SYSTEMS)]
    return ", ".join(filter(None, names))
