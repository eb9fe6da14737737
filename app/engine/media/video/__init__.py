"""Read videos: packets, times, decoding, damage."""
