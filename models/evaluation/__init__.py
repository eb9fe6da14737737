"""Measuring networks: metrics, baselines, prediction."""
