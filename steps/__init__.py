"""The vocabulary features are written in. A step parses, calls the context or a check, and returns."""
