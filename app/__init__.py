"""Backdrop: a virtual background for your webcam, on the CPU."""

import os

__version__ = "0.2.0"

# onnxruntime-gpu sends telemetry unless this is set before it is first imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
