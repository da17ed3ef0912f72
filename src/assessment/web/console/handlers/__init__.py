"""Routes of the console, one module per page or form."""
