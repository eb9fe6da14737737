"""What makes packages of Backdrop: icons, licences, the .deb and its files."""
