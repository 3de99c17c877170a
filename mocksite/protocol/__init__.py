"""What goes over the wire: requests read, replies and refusals written, envelopes, encodings, dates, mail."""
