"""Who is here: online, away, last seen, typing. Its place in the house; it moves in after the tags."""
