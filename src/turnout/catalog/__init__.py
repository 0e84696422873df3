"""Models and endpoints: built offline, joined on author/slug."""
