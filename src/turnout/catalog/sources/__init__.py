"""What others publish about models and prices, each read into the same rows; nothing joined here."""
