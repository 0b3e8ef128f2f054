"""How much one person, and one address, may do: the table, its buckets, and where they are asked.

Every route counts as something (see `limited`): a new view is limited before anybody thinks of it.
"""
