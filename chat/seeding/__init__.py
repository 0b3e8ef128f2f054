"""A chat that looks like one that people have used for months, made by `manage.py seed`.

plan      what is asked for; all chance comes from its random seed
stock     names, rooms and phrases, a file for each language
people    who is there
rooms     where they talk, and how much of it falls to each room
clock     when people talk
talk      what they say to each other
history   all messages of a room, one after the other, from where an earlier run stopped
writing   a batch of them into the database, whatever else goes on there
sowing    all of it in order, until somebody stops it
progress  how far it is, for whoever waits
"""
