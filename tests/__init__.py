"""The suite tested."""
