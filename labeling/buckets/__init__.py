"""Buckets behind an S3 API: the one way to call them, guarded like every other outgoing request.

boto3 takes most of a second to import, so only what calls a bucket does it.
"""

from labeling.buckets.calls import Listed, check, head, list_objects, read
from labeling.buckets.place import BucketError, Place
from labeling.buckets.stream import BLOCK, BucketFile, open_object
from labeling.buckets.writing import Sending, abort, begin, finish, part_size, send_part

__all__ = [
    "BLOCK",
    "BucketError",
    "BucketFile",
    "Listed",
    "Place",
    "Sending",
    "abort",
    "begin",
    "check",
    "finish",
    "head",
    "list_objects",
    "open_object",
    "part_size",
    "read",
    "send_part",
]
