"""Plans and their touchpoints: planned a year ahead by pure rules, as often as one likes."""
