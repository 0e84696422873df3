"""OpenAI's Responses: the client side, the upstream side, and the splice between them."""
