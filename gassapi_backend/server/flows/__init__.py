"""Flows: requests in an order, with what flows from one to the next."""
