"""`/api/internal`: what the site reads and no public route tells."""
