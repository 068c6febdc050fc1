"""What the product does: modules of functions; verbs change, nouns return statements."""
