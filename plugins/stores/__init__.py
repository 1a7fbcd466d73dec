"""Stores: where plans, facts and executions are kept."""
