"""What a site is and holds: records, the store and its queries, settings, releases, time zones, accounts."""
