"""`ddns local`: a local AWS to try things in, and demonstrations that run in it."""
