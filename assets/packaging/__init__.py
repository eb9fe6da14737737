"""Tools that make packages of Backdrop: icons, licences, manual page, .deb, list of parts."""
