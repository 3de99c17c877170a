"""The vocabulary features are written in. A step parses, calls the world or a check, and returns."""
