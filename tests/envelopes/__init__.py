"""Failures in envelopes: their scripts run without the suite, against the site that was wrong and one that is right."""
