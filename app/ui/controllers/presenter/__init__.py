"""What happens when the user presents: slides, the place of the person, name tag and logo."""
