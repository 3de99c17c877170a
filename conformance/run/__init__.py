"""Running: the pytest plugin, its options and hooks, sessions on sites, workers. The only room that knows pytest."""
