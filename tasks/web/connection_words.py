"""What an admin does about a storage connection that does not work."""

from django.utils.translation import gettext_lazy as _

WHAT_TO_DO = {
    "credentials": _(
        "Copy the access key and its secret once more, or have a new key made in the storage, and enter both below."
    ),
    "expired": _("Temporary keys end by themselves. Enter a key that was made for this server to keep."),
    "denied": _("Give the key the rights that the help page lists. Reading and writing need different ones."),
    "bucket": _("Check its name. Was it deleted, or does it belong to another account or endpoint?"),
    "region": _("Enter the region that the storage shows for the bucket."),
    "clock": _("Have both clocks set by NTP: they may differ by 15 minutes at most. It is tried again by itself."),
    "unreachable": _("Check the endpoint's name and port, and the firewalls in between. It is tried again by itself."),
    "tls": _("Have the certificate renewed, or use one that this server's system trusts."),
    "address": _("If it is a storage of your own, have the operator list its network in OUTGOING_ALLOW."),
    "busy": _("There is nothing to do: it is tried again by itself."),
    "unknown": _("Is the endpoint that of an S3 API, and not a web page's? Try another way to address the bucket."),
    "sealed": _("Enter the secret again."),
}
