"""What terminals have in common: keys, lines, pages, questions, and words to handlers."""
