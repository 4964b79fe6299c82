"""The machine times an abstract pair, explored exhaustively."""
