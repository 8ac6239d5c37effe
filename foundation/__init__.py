"""What everything stands on; knows no donor."""
