"""Large requests of the API, carried out in the background by workers."""
