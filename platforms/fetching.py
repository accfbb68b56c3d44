"""Which addresses may be dialled for a host that a person, not the operator, has named.

Public ones may. The operator opens others by name or network with FETCH_ALLOW. Link-local ones
and those where clouds keep a machine's own secrets are never dialled.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
COMPATIBLE = ip_network("::/96")  # RFC 4291, deprecated, and still routed by some

# Outside the link-local networks. Sources: the documentation of each cloud.
METADATA = frozenset(
    map(
        ip_address,
        (
            "100.100.100.200",  # Alibaba
            "168.63.129.16",  # Azure
            "192.0.0.192",  # Oracle
            "fd00:ec2::254",  # Amazon
            "fd20:ce::254",  # Google
        ),
    )
)


def refusal(host: str, address: str, allowed: tuple[str, ...] = ()) -> str:
    """Return why `host` may not be dialled at `address`; empty when it may.

    `allowed`: host names, addresses and networks that the operator has opened.
    """
    dialled = ip_address(address.partition("%")[0])  # without the zone of an IPv6 address
    meant = _embedded(dialled) or dialled
    if _never(dialled) or _never(meant):
        return f"{host} is at {address}, which is never opened."
    if _is_public(meant) or _is_allowed(host, (dialled, meant), allowed):
        return ""
    return (
        f"{host} is at {address}, which is not a public address. "
        "Whoever runs this server can open it with FETCH_ALLOW."
    )


def _embedded(address: Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64 or (address in COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    tunnelled = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or tunnelled


def _never(address: Address) -> bool:
    return address.is_link_local or address.is_multicast or address in METADATA


def _is_public(address: Address) -> bool:
    site_local = isinstance(address, IPv6Address) and address.is_site_local
    return address.is_global and not address.is_reserved and not site_local


def _is_allowed(host: str, addresses: tuple[Address, ...], allowed: tuple[str, ...]) -> bool:
    return any(_matches(entry, host, addresses) for entry in allowed)


def _matches(entry: str, host: str, addresses: tuple[Address, ...]) -> bool:
    if entry.lower().rstrip(".") == host.lower().rstrip("."):
        return True
    try:
        network = ip_network(entry, strict=False)
    except ValueError:
        return False  # the name of another host
    return any(address in network for address in addresses)
