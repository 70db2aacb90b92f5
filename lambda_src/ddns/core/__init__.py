"""The decisions, free of input and output: names, record sets, desired state, plans."""
