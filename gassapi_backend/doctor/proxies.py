"""Whether the connection from people to this server is as safe as its settings say."""

from urllib.parse import urlsplit

from gassapi_backend.doctor.findings import Finding, Verdict
from gassapi_backend.settings import LOOPBACK, Settings

WIDEST = {4: 8, 6: 16}
"""The prefix of the largest network that can be one's own, by IP version."""


def check_proxies(settings: Settings) -> list[Finding]:
    """Find an unencrypted connection, a proxy that is not trusted, and trust in everybody."""
    found = []
    public = urlsplit(settings.public_url or "")
    if public.scheme == "https" and not settings.trusted_proxies:
        message = "people use https, and no proxy is trusted: all of them count as one address"
        advice = "Set GASSAPI_TRUSTED_PROXIES to the address of the proxy in front of this server."
        found.append(Finding("proxy", Verdict.WARNING, message, advice))
    everybody = [
        network
        for network in settings.trusted_proxies
        if network.prefixlen < WIDEST[network.version]
    ]
    if everybody:
        message = f"{everybody[0]} is trusted: anybody can pose as somebody else"
        advice = "Name only the proxy before this server in GASSAPI_TRUSTED_PROXIES."
        found.append(Finding("proxy", Verdict.WARNING, message, advice))
    if public.scheme == "http" and public.hostname not in LOOPBACK:
        message = f"passwords and tokens go to {settings.public_url} in the clear"
        advice = "Put a proxy with TLS before it, and https:// into GASSAPI_PUBLIC_URL."
        found.append(Finding("address", Verdict.WARNING, message, advice))
    return found
