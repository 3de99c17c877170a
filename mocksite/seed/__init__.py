"""What every mock site holds when it is new."""
