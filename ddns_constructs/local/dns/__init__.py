"""DNS on loopback: answers from the hosted zones, a server, and a client that asks it."""
