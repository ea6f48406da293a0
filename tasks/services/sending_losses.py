"""What an export's format could not say goes into the bucket with it, beside the file."""

from labeling import buckets, exporters, storage
from labeling.buckets import BucketError, Place
from tasks.models import Export
from tasks.selectors.exports import losses_key

SUFFIX = ".losses.jsonl"


def losses_name(export: Export, key: str) -> str:
    suffix = exporters.suffix_of(exporters.get(export.format), with_files=export.include_files)
    return f"{key.removesuffix(suffix)}{SUFFIX}"


def send_losses(*, place: Place, export: Export, key: str) -> None:
    """Whole, each time it is tried: nobody sees half a report. Where nothing was lost there is none."""
    if not export.losses:
        return
    sending = buckets.begin(place, losses_name(export, key), "application/jsonl")
    try:
        etags: list[str] = []
        with storage.open_file(losses_key(export)) as report:
            while content := report.read(buckets.part_size(0)):
                etags.append(buckets.send_part(place, sending, len(etags) + 1, content))
        buckets.finish(place, sending, etags)
    except (BucketError, OSError):
        buckets.abort(place, sending)
        raise
