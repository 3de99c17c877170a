"""Lines of progress as soon as there is something to tell: as a plugin (``-p tests.run.talkative``) for short runs."""

from __future__ import annotations

from conformance.run import progress

progress.SOON, progress.SILENT = 0.0, 0.4
