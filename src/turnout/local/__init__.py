"""The embedded model: a real small model in a child process."""
