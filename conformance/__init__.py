"""Everything a verdict needs, in seven packages (docs/architecture.md).

``sites`` (which site) < ``wire`` (bytes) < ``judge`` (right and wrong) <
``reporting`` (reports) < ``history`` (many nights) and ``scenarios`` (one
scenario) < ``run`` (running); ``cli`` is on top. A package imports only from
those before it, and nothing here imports ``mocksite`` but the public entry
point that ``run`` starts as a server.
"""

__version__ = "0.1.0"
