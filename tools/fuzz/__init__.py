"""Coverage-guided fuzzing of what strangers and partners send (docs/fuzzing.md)."""
