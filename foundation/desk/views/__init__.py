"""Pages of the desk: thin views over the foundation's rooms."""
