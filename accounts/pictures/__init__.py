"""A person's picture: from a stranger's file to three small squares."""

from accounts.pictures.making import BadPicture, make_pictures
from accounts.pictures.storing import Picture, forget_all_pictures, forget_pictures, store_pictures

__all__ = ["BadPicture", "Picture", "forget_all_pictures", "forget_pictures", "make_pictures", "store_pictures"]
