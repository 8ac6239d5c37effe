"""Working days, lunar dates, solar terms, zones; pure."""
