"""Which device somebody signed in from, in words; and their network address without its last part."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.utils.translation import gettext as _

UNKNOWN = "0.0.0.0"  # an address nobody has
BROWSERS = (  # the first that fits: all of them claim to be Safari, and most to be Chrome
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python-", "Python"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """As the reader says it."""
    browser, system = names_of(user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("An unknown device")


def names_of(user_agent: str) -> tuple[str, str]:
    """Browser and system, the same in every language; "" for what it does not tell."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    return browser, next((name for sign, name in SYSTEMS if sign in user_agent), "")


def shortened(address: str) -> str:
    """The network of 256 addresses (IPv6: of one customer) that this one is in: enough to know one's own by."""
    try:
        found = ip_address(address)
    except ValueError:
        return UNKNOWN
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False).network_address)


def place_of(address: str) -> str:
    """A shortened address as it is shown; "" when none is known."""
    if address == UNKNOWN:
        return ""
    return address + "/48" if ":" in address else address.rpartition(".")[0] + ".×"
