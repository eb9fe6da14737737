"""Evaluation: prediction, metrics, baselines, video files."""
