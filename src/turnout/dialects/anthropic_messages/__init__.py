"""Anthropic's Messages: the client side, the upstream side, and the splice between them."""
