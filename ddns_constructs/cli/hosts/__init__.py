"""The table of hosts, which several groups of commands read, and what it holds of each."""
