"""Tools that draw the shipped pictures: backgrounds, placeholder, screenshots."""
