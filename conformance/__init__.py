"""The machinery a verdict needs, in five rooms stacked one way.

``target`` (which site) < ``wire`` (bytes) < ``judge`` (right and wrong) <
``reporting`` (telling) < ``run`` (running); ``cli`` stands on top. A room
imports only rooms before it, and nothing here imports ``mocksite`` but the
public entry point that ``run`` starts as a server.
"""

__version__ = "0.1.0"
