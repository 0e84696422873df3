"""What the site reads beside the public API: one file per family of pages, below /api/internal."""
