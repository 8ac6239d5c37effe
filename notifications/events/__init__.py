"""Events for families: who is invited, who comes, how many seats, who was there, and thanks."""
