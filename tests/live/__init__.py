"""The suite before a live site: what it refuses, and how it says so."""
