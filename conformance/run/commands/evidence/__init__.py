"""Evidence that stands alone: failures in envelopes, and real traffic judged without a request of ours."""
