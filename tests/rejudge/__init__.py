"""Recordings judged again, held against the runs that wrote them."""
