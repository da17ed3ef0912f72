"""Sign-in, second step, providers, passwords."""
