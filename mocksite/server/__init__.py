"""Where requests arrive: HTTP, TLS, limits, the sites behind one address, the control plane, pages, the log."""
