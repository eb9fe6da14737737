"""General widgets, and the theme."""
