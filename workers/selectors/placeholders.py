from workers.models import Placeholder


def kept_names() -> dict[tuple[int, int], str]:
    """The pseudonyms that people had before they came with an archive, by organization and account."""
    rows = Placeholder.objects.values_list("organization_id", "user_id", "pseudonym")
    return {(organization_id, user_id): name for organization_id, user_id, name in rows.iterator()}
