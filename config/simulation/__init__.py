"""Deterministic simulation: one seed is one storm around the real account machines and the embedded venue."""
