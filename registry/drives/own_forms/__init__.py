"""The form that volunteers fill on their own phone while they queue, and a coordinator confirms."""
