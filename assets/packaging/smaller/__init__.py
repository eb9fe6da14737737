"""What makes packages smaller: parts of ICU, OpenCV, NumPy and Qt."""
