"""The failovers of a stack: where they are, what their journals and zones say."""
