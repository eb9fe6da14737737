"""The section "Presenter": slides, the place of the person, name tag and logo."""
