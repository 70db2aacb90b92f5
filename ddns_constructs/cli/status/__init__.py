"""`ddns status`: what a stack has of this library, and what is wrong with it."""
