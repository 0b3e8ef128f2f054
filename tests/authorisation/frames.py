"""What a socket may ask for. One line a type of tag; one line a word.

members    of the room                         oneself    the person whom the id means
open       everyone, of a room that is open    staff      who is staff, of any power
everyone   of whoever has an account           nobody     it is no type for pages
-          there is no such tag
"""

TAGS = """
type           of a room  of a person  whole
room           members    -            -
rooms          members    -            -
activity       members    -            -
members        members    -            -
here           members    -            -
receipts       members    -            -
openrooms      open       -            everyone
people         -          everyone     everyone
presence       -          everyone     -
conversations  -          oneself      -
notify         -          oneself      -
visibility     -          oneself      -
blocks         -          oneself      -
held           -          oneself      -
access         -          nobody       -
session        -          nobody       -
insight        -          -            staff
"""

# Whose word is heard, as a value of which tag, by those who may watch that. Of everyone else it changes nothing.
WORDS = """
word    heard from  as a value of
seen    members     receipts
typing  members     room
active  everyone    presence
"""

# No tag at all, whatever the type; {room} is one of the socket's own.
MALFORMED = (
    "",
    ":",
    "room",
    "room:",
    ":{room}",
    "room:0{room}",
    "room:{room} ",
    " room:{room}",
    "room:{room}\n",
    "Room:{room}",
    "room::{room}",
    "room:{room}:1",
    "room:_all",
    "rooms:_all",
    "people:_all",
    "user:{person}",
    "states",
    "states:",
    "room:-{room}",
    "room:+{room}",
    "room:{room}.0",
    "room:1e0",
    "room:٣",
    "room:9999999999999999999",
    "nothing:{room}",
    "room:{room}\0",
    "room:*",
)
