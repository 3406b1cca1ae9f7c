"""For whom attempts are counted."""

from __future__ import annotations

import ipaddress

from allauth.account.adapter import get_adapter
from django.http import HttpRequest


def client(group: str, request: HttpRequest) -> str:
    """Return whom an attempt is counted for: the address our own proxies saw, as for sign-in; IPv6 by its /64."""
    address = get_adapter().get_client_ip(request)
    mask = 64 if ":" in address else 32
    return str(ipaddress.ip_network(f"{address.split('%')[0]}/{mask}", strict=False).network_address)
