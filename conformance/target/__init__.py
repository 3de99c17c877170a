"""Which site, which release, which accounts, how its settings are arranged."""
