"""How anything changes state: lock, right, guards, move, step, trail, stops."""
