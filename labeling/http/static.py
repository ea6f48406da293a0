from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, for ES modules too: a chain of imports needs more than Django's five passes."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 60
