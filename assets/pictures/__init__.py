"""The pictures that ship with Backdrop, drawn by code: the backgrounds, and the README's screenshots."""
