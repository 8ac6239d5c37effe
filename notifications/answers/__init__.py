"""What comes back: answers, stops, wrong numbers, returned e-mails. Each takes effect before it is read."""
