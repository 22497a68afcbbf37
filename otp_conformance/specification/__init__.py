"""The specification for readers: features, requirements, glossary, without running anything."""
