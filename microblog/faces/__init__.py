"""Ways of talking to the product; each face is a package and a stranger to the others."""
