"""That a file of the organization was taken, and by whose link, is in the audit trail."""

from labeling.outbox import events
from labeling.outbox.models import Event
from tasks.selectors.file_links import Holder

REMEMBERED = 200  # newest entries looked through for the beginning of a download that goes on


def note_download(
    *,
    kind: str,
    organization_id: int,
    object_id: int,
    holder: Holder,
    address: str,
    begins: bool,
    project_id: int | None = None,
) -> None:
    """A part that goes on (`begins` is false) is told only where its beginning was not."""
    if not begins:
        newest = Event.objects.filter(organization_id=organization_id, trail=True).order_by("-pk")
        same = (kind, object_id, holder.user_id, holder.key_id)
        if same in newest.values_list("kind", "object_id", "actor_id", "key_id")[:REMEMBERED]:
            return
    one = Event(
        kind=kind, organization_id=organization_id, object_id=object_id, project_id=project_id,
        actor_id=holder.user_id, key_id=holder.key_id, payload={"address": address},
    )  # fmt: skip
    events.emit_many([one])
