"""What a presenter adds to the composite: where the person stands, a name tag and a logo."""
