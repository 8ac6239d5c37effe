"""Tubes, batches, manifests."""
