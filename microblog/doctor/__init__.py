"""The doctor: looks at a running installation through its own front door and says what to change."""
