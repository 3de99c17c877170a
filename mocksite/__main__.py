"""``python -m mocksite`` is ``webex-mock``."""

from mocksite.cli import main

raise SystemExit(main())
