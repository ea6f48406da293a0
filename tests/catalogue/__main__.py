"""`python -m tests.catalogue`: brings every catalogue up to date with the code and compiles it."""

import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labeling.settings")
    django.setup()
    from tests.catalogue import files

    for language in files.languages():
        for domain in files.DOMAINS:
            missing = files.write(language, domain)
            print(f"{language}/{domain}: {f'{missing} to translate' if missing else 'complete'}")


if __name__ == "__main__":
    main()
