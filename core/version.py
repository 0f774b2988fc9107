"""The version of the whole house, as in pyproject.toml."""

VERSION = "0.1.0"
