"""What other apps can hear of a person. (Not of a row: those are seen by chatpoc.live.)"""

from django.dispatch import Signal

erased = (
    Signal()
)  # an account is deleted, in a transaction with what its hearers do; gives `user`, who has no name any more
