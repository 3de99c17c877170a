"""Running: pytest plugin, feature collector, gating, world. The only room that knows pytest."""
