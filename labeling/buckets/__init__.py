"""Buckets behind an S3 API: the one way to call them, guarded like every other outgoing request.

boto3 takes most of a second to import, so only what calls a bucket does it.
"""

from labeling.buckets.calls import Listed, check, delete, head, list_objects, read
from labeling.buckets.place import BucketError, OwnStorageError, Place
from labeling.buckets.stream import BLOCK, BucketFile, open_now, open_object
from labeling.buckets.writing import Sending, Unfinished, abort, begin, finish, part_size, put, send_part, unfinished

__all__ = [
    "BLOCK",
    "BucketError",
    "BucketFile",
    "Listed",
    "OwnStorageError",
    "Place",
    "Sending",
    "Unfinished",
    "abort",
    "begin",
    "check",
    "delete",
    "finish",
    "head",
    "list_objects",
    "open_now",
    "open_object",
    "part_size",
    "put",
    "read",
    "send_part",
    "unfinished",
]
