"""The machinery a verdict needs, in six rooms stacked one way (docs/architecture.md).

``sites`` (which site) < ``wire`` (bytes) < ``judge`` (right and wrong) <
``reporting`` (telling) < ``scenarios`` (carrying out) < ``run`` (running);
``cli`` stands on top. A room imports only rooms before it, and nothing here
imports ``mocksite`` but the public entry point that ``run`` starts as a server.
"""

__version__ = "0.1.0"
