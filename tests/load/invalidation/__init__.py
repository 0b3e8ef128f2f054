"""What global tag invalidation costs: `python -m tests.load invalidation`, under 4 minutes, on PostgreSQL and Redis.

capturing     what capture adds to a query (a process for each database)
hints         an invalidation that reaches nobody, ten pages and all of them
refetching    a 304 against the full fragment
conversation  a message between two of a thousand people
pages         all browsers, in a process of their own
"""
