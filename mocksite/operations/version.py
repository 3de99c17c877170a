"""GetAPIVersion: which release a site runs. Needs no login (wire-facts.md, Authentication)."""

from __future__ import annotations

from mocksite.call import Call, Operation
from mocksite.node import Node


def get_api_version(call: Call) -> Node:
    """Version, release and train; at the versioned address of old the version is 10.0.0 (R41.9.0-03)."""
    version = "10.0.0" if call.address.startswith("xml") else str(call.release)
    return call.answer(
        "getAPIVersionResponse",
        {
            "api_version": f"WebEx XML API V{version}",
            "release": str(call.release),
            "train": "T41L",
            "train_order": 400,
        },
    )


OPERATIONS = (Operation("getAPIVersion", "ep", get_api_version, anonymous=True),)
