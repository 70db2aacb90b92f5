"""`ddns router`: the settings to paste into a router or another client."""
