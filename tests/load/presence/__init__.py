"""What 2,000 connected people cost: `python -m tests.load presence`, about 7 minutes, on PostgreSQL and Redis.

idle     sockets on which nothing happens, beside a bare consumer's
storm    half of the people drop and return within ten seconds
killed   a server process ends without a word
parts    the order of these
pages    all browsers, in a process of their own
"""
