"""What others publish of models and prices, read into the same rows; nothing is joined here."""
