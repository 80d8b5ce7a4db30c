"""
django-oauth-toolkit with nothing around it: the introspection of tokens in PostgreSQL.

Runs in an environment of its own, which has no part of the wallet. ``python django_site.py``
makes tables and tokens and prints the tokens as JSON, the caller's own first.
"""

import json
import os
import secrets
import sys
from datetime import UTC, datetime, timedelta

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

_TOKENS = 500

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["BENCH_DATABASE"],
            "HOST": os.environ["BENCH_HOST"],
            "USER": "postgres",
            "CONN_MAX_AGE": None,
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "oauth2_provider",
    ],
    LOGGING_CONFIG=None,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],  # says how long an answer is
    OAUTH2_PROVIDER={"SCOPES": {"read": "Read", "introspection": "Ask about tokens"}},
    ROOT_URLCONF="django_urls",
    SECRET_KEY=secrets.token_hex(32),
    USE_TZ=True,
)
application = get_wsgi_application()


def prepare() -> list[str]:
    """
    Make the tables, a client, and tokens of it; the first may ask about the others.
    """
    from oauth2_provider.models import AccessToken, Application  # noqa: PLC0415 - after set-up

    call_command("migrate", verbosity=0)
    client = Application.objects.create(
        name="bench",
        client_type="confidential",
        authorization_grant_type="client-credentials",
    )
    expires = datetime.now(UTC) + timedelta(hours=1)  # noqa: TID251 - a program of its own
    tokens = [secrets.token_urlsafe(24) for _ in range(_TOKENS)]
    for number, token in enumerate(tokens):
        AccessToken.objects.create(
            token=token,
            application=client,
            expires=expires,
            scope="read" if number else "introspection",
        )
    return tokens


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(prepare()))
