"""What happens when the user does something: each connects views, models and services."""
