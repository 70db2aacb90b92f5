"""`ddns host`: who may update which name, and the items that say so."""
