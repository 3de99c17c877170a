"""Sites: which one, which release, which accounts and credentials, how its settings are arranged."""
