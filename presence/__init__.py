"""Who is here: online, away, last seen, typing."""
