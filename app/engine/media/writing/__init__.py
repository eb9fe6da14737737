"""Write videos with sound, subtitles and tags."""
