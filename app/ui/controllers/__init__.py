"""Controllers: each connects views, models and services."""
