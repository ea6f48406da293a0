"""Which addresses on the network anybody may make us talk to: public ones, and those that OUTGOING_ALLOW lists."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

INSIDE: dict[str, str] = {  # beside what Python's `is_global` knows, whose list differs between its versions
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared by a provider's customers (CGNAT)",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local, with the clouds' metadata services",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "protocol assignments",
    "192.0.2.0/24": "documentation",
    "192.88.99.0/24": "6to4 relay",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "benchmarks",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved, with broadcast",
    "::/96": "IPv4 in IPv6, old form; unspecified; loopback",
    "::ffff:0:0/96": "IPv4 in IPv6, mapped",
    "::ffff:0:0:0/96": "IPv4 in IPv6, translated",
    "64:ff9b::/96": "NAT64",
    "64:ff9b:1::/48": "NAT64, local",
    "100::/64": "discard",
    "2001::/23": "protocol assignments, with Teredo",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4",
    "3fff::/20": "documentation",
    "5f00::/16": "segment routing",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
}
BLOCKED: tuple[Network, ...] = tuple(ip_network(name) for name in INSIDE)


def networks(names: Iterable[str]) -> list[Network]:
    """The networks so named; ValueError tells of the first that is none."""
    return [ip_network(name, strict=False) for name in names]


def is_allowed(address: str, allowed: Iterable[Network], *, public: bool = True) -> bool:
    """Whether we may connect there. IPv4 in IPv6 is never public, but the list knows it by the address it holds."""
    found = ip_address(address)
    names: list[IPv4Address | IPv6Address] = [found]
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        names.append(found.ipv4_mapped)
    if any(_within(name, allowed) for name in names):
        return True
    return public and found.is_global and not found.is_multicast and not _within(found, BLOCKED)


def _within(address: IPv4Address | IPv6Address, listed: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in listed)
