"""Amazon Bedrock's Converse and ConverseStream: one dialect for the models of many makers."""
