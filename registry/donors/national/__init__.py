"""The national register: who is still to be entered there, who was sent or accepted, and its own sheet."""
