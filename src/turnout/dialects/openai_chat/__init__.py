"""OpenAI's Chat Completions: the client side, the upstream side, and the splice between them."""
