"""The API's task types: those we have, and those that are answered 402."""

from tasks.scale.kinds.base import Asked, Kind, NotEnabled, Wanted, guideline_of, told
from tasks.scale.kinds.chat import CORES, Chat
from tasks.scale.kinds.documents import DocumentTranscription
from tasks.scale.kinds.forms import Categorization, Comparison, DataCollection, TextCollection, Transcription
from tasks.scale.kinds.images import Annotation, ImageAnnotation, LineAnnotation, PointAnnotation, PolygonAnnotation
from tasks.scale.kinds.segments import SegmentAnnotation
from tasks.scale.kinds.texts import NamedEntityRecognition

__all__ = ["CORES", "ELSEWHERE", "KINDS", "Asked", "Chat", "Kind", "NotEnabled", "Wanted", "guideline_of", "told"]

_ALL: tuple[type[Kind], ...] = (
    Annotation,
    Categorization,
    Comparison,
    DataCollection,
    DocumentTranscription,
    ImageAnnotation,
    LineAnnotation,
    NamedEntityRecognition,
    PointAnnotation,
    PolygonAnnotation,
    SegmentAnnotation,
    TextCollection,
    Transcription,
)
KINDS: dict[str, Kind] = {kind.name: kind() for kind in _ALL}
ELSEWHERE = frozenset(
    {
        "audiotranscription",
        *("chatexperimental", "chatlite", "multichat", "multistage", "documentmodel", "sensorfusion"),
        *("cuboidannotation", "laneannotation", "federal2dvideoannotation"),
        *("lidarannotation", "lidarlinking", "lidarsegmentation", "lidartopdown"),
        *("videoannotation", "videoboxannotation", "videocuboidannotation", "videoplaybackannotation"),
    }
)
"""Types of the official client that we do not have."""
