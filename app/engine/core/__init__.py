"""What every other part of the engine uses: types, settings, errors, paths, image operations."""
