"""Site with django-survey-and-report: 29 questions with five choices on six pages. Runs in an environment of its own.

python django_site.py FOLDER PORT
"""

import sys
from pathlib import Path

import django
import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.urls import include, path

QUESTIONS_PER_PAGE = (5, 5, 5, 5, 5, 4)
CHOICES = "Never, Rarely, Sometimes, Often, Always"


def configure_site(folder: Path) -> None:
    """Configure as the package's example does: sessions in the database, SQLite as Django opens it."""
    settings.configure(
        SECRET_KEY="benchmark",  # noqa: S106  # of a database that is deleted afterwards
        ALLOWED_HOSTS=["*"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "site.sqlite3"}},
        INSTALLED_APPS=[
            *(f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "sessions", "messages")),
            "survey",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [folder],
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        f"django.{name}"
                        for name in (
                            "template.context_processors.request",
                            "contrib.auth.context_processors.auth",
                            "contrib.messages.context_processors.messages",
                        )
                    ]
                },
            }
        ],
        ROOT_URLCONF=__name__,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DEFAULT_SURVEY_PUBLISHING_DURATION=7,
        CHOICES_SEPARATOR=",",
        EXCEL_COMPATIBLE_CSV=True,
        USE_TZ=True,
    )
    django.setup()


def fill_site() -> None:
    """Create the tables and the survey."""
    from survey.models import Category, Question, Survey  # noqa: PLC0415  # after the configuration

    call_command("migrate", verbosity=0)
    survey = Survey.objects.create(
        name="Social media", description="", need_logged_user=False, display_method=Survey.BY_CATEGORY
    )
    for page, count in enumerate(QUESTIONS_PER_PAGE):
        category = Category.objects.create(survey=survey, name=f"Page {page}", order=page)
        for number in range(count):
            Question.objects.create(
                text=f"How often does your team do what question {number} of page {page} describes?",
                order=number,
                required=True,
                category=category,
                survey=survey,
                type=Question.RADIO,
                choices=CHOICES,
            )


urlpatterns: list[object] = []  # the package can be imported only after the configuration

if __name__ == "__main__":
    configure_site(Path(sys.argv[1]))
    fill_site()
    urlpatterns.append(path("survey/", include("survey.urls")))
    from django.core.asgi import get_asgi_application

    uvicorn.run(get_asgi_application(), port=int(sys.argv[2]), access_log=False, log_level="warning")
