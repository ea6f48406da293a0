"""Whose address a request has: a caller cannot choose it, whatever the header says."""

import pytest
from django.test import RequestFactory

from labeling.http.caller_address import caller_address, counted_address
from workers.api.throttles import SignInThrottle

PROXY, CALLER = "10.0.0.2", "203.0.113.9"


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, CALLER, PROXY),
        (0, None, PROXY),
        (1, CALLER, CALLER),
        (1, f"198.51.100.1, {CALLER}", CALLER),
        (1, f"nonsense,{CALLER}", CALLER),
        (2, f"198.51.100.1, {CALLER}, 10.0.0.1", CALLER),
        (2, "198.51.100.1", PROXY),
        (1, None, PROXY),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "fe80::1%eth0", PROXY),
        (1, "not an address", PROXY),
    ],
)
def test_the_address_is_what_the_outermost_proxy_of_ours_saw(proxies, header, address, settings):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().post("/", REMOTE_ADDR=PROXY, headers={"X-Forwarded-For": header} if header else {})
    assert caller_address(request) == counted_address(request) == address


def test_another_header_is_not_another_allowance_of_tries():
    requests = [RequestFactory().post("/", headers={"X-Forwarded-For": each}) for each in ("192.0.2.1", "192.0.2.2")]
    assert len({SignInThrottle().get_cache_key(request, None) for request in requests}) == 1
