"""Two sides held side by side: what changed, and whether it may."""
