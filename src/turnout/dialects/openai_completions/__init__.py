"""OpenAI's legacy Completions: native where a provider has them, else a chat of one message."""
