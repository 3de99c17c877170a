"""What the environment says about the way to a site: proxies, and a log of TLS keys.

httpx reads the same variables, and ends in a traceback on those it does not
understand. A mistake in one of them is one message here that names it.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from conformance.sites.errors import UserError
from conformance.sites.user_files import demand_readable

_SCHEMES = ("http", "https", "socks5", "socks5h")


def proxy_for(url: str, environment: Mapping[str, str] | None = None) -> str | None:
    """The proxy for ``url``, as ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` say; None for none.

    Names are read in small letters, too. ``NO_PROXY`` lists hosts, domains,
    addresses and networks (``10.0.0.0/8``, ``fd00::/8``), with or without a
    port; ``*`` is everything.
    """
    given = os.environ if environment is None else environment
    variable = _variable(url, given)
    return _proxy(variable, given[variable]) if variable else None


def proxy_in_words(url: str) -> str:
    """The proxy for ``url`` and the variable that names it, for messages: without a password; empty for none."""
    variable = _variable(url, os.environ)
    place = urlsplit(_proxy(variable, os.environ[variable])).netloc.rpartition("@")[2] if variable else ""
    return f"the proxy {place} ({variable})" if variable else ""


def _variable(url: str, given: Mapping[str, str]) -> str:
    """The variable that names the proxy for ``url``; empty where there is none, or ``NO_PROXY`` excepts it."""
    parts = urlsplit(url)
    names = (one for name in (f"{parts.scheme}_proxy", "all_proxy") for one in (name, name.upper()))
    variable = next((one for one in names if given.get(one)), "")
    no_proxy = given.get("no_proxy") or given.get("NO_PROXY") or ""
    return "" if variable and _excepted(parts.hostname or "", parts.port, no_proxy) else variable


def _proxy(variable: str, value: str) -> str:
    proxy = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(proxy)
        sound = (
            bool(parts.hostname) and (parts.port is None or parts.port > 0) and proxy.isascii() and proxy.isprintable()
        )
    except ValueError:
        sound = False
    if not sound or " " in proxy:
        raise _wrong(variable, "is no address of a proxy", "http://HOST:PORT")
    if parts.scheme not in _SCHEMES:
        raise _wrong(variable, f"names a proxy of the kind {parts.scheme}", "http://HOST:PORT or https://HOST:PORT")
    if parts.scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
        raise _wrong(variable, "names a SOCKS proxy, and the package socksio is missing", "pip install httpx[socks]")
    return proxy


def _wrong(variable: str, what: str, hint: str) -> UserError:
    # The value may hold a password and is not shown.
    return UserError(
        "environment",
        f"the environment variable {variable} {what}",
        where=variable,
        hint=f"{hint}; or unset it, or trust_env = false in the profile",
    )


def _excepted(host: str, port: int | None, no_proxy: str) -> bool:
    return any(_covers(entry.strip(), host.lower(), port) for entry in no_proxy.split(",") if entry.strip())


def _covers(entry: str, host: str, port: int | None) -> bool:
    if entry == "*":
        return True
    if "/" in entry:
        return _in_network(entry, host)
    name, colon, number = entry.rpartition(":")
    if colon and number.isdecimal() and ":" not in name.strip("[]"):
        if int(number) != port:
            return False
        entry = name
    entry = entry.strip("[]").lower().lstrip("*").lstrip(".")
    return host == entry or (bool(entry) and host.endswith(f".{entry}"))


def _in_network(entry: str, host: str) -> bool:
    """Whether ``host`` is an address of a network; what is no network excepts nobody."""
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False


def default_tls() -> ssl.SSLContext:
    """The TLS context of this machine; ``SSLKEYLOGFILE`` must name a file that can be written."""
    try:
        return ssl.create_default_context()
    except OSError as problem:
        log = os.environ.get("SSLKEYLOGFILE")
        if not log:
            raise
        raise UserError(
            "environment",
            f"the environment variable SSLKEYLOGFILE names a file that cannot be written: {problem.strerror}",
            where=log,
            hint="unset it, or name a file in a folder that is there",
        ) from None


def trust(context: ssl.SSLContext, ca_file: str, where: str) -> None:
    """Have ``context`` trust the authorities in ``ca_file``, too; ``where`` it is named, for messages."""
    try:
        demand_readable(Path(ca_file))
        context.load_verify_locations(ca_file)
    except (OSError, ssl.SSLError) as problem:
        raise UserError("ca-file", f"cannot read certificates from {ca_file}: {problem}", where=where) from None
