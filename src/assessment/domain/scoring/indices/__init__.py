"""The indices of method 5, one module each."""
