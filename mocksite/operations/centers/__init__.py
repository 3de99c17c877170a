"""Sessions beyond meetings: the services of Event, Training, Sales and Support Center, and audio-only conferences."""
