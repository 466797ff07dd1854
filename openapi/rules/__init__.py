"""The rules of the contract lint, one concern a file; `openapi.lint` holds the table of them."""
