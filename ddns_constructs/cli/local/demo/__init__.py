"""`ddns local demo`: each construct at work, step by step."""
