"""The vocabulary: frozen nouns, errors, money, time and ids. Imports nothing of ours."""
