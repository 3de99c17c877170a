"""The nights of many runs kept, and asked what changed, since when, at what."""
