"""The server process: address, sockets, workers."""
