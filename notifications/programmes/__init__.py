"""Programmes as data: which touchpoints, when, by which channels, in whose words. Plans nothing itself."""
