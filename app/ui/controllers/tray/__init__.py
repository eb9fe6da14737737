"""The icon in the system tray, and when there is a tray."""
