"""Bytes: payloads out, replies in, and the exchange that holds both."""
