"""The promises of the design about the tree itself."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site"
ROOMS = ("site", "courses", "modules", "media")
OURS = [
    "home",
    "courses.certificates",
    "courses.workshops",
    "courses.catalogue",
    "courses.privacy",
    "courses.participants",
    "modules.assessments",
    "modules.lessons",
    "modules.reference",
    "modules.records",
    "media",
    "jobs",
    "institutions",
    "accounts",
    "core",
]
ALLOWED_AT_TOP = {
    "site",
    "courses",
    "modules",
    "media",
    "tests",
    "docs",
    ".ci",
    ".git",
    ".gitignore",
    "manage.py",
    "requirements.txt",
    "pyproject.toml",
    "Makefile",
    "README.md",
    "LICENSE",
    "Procfile",
}


def folder_of(app: str) -> Path:
    return Path(apps.get_app_config(app.rpartition(".")[2]).path)


def ignored() -> set[str]:
    lines = (ROOT / ".gitignore").read_text().split()
    return {line.strip("/").split("/")[0] for line in lines if not line.startswith("*")}


def migrations() -> Iterator[Path]:
    for room in ROOMS:
        yield from (ROOT / room).rglob("migrations/0*.py")


def ids(value: object) -> str:
    return str(value.relative_to(ROOT)) if isinstance(value, Path) else str(value)


def test_nothing_lies_beside_the_house():
    assert {path.name for path in ROOT.iterdir()} - ALLOWED_AT_TOP - ignored() == set()


@pytest.mark.parametrize("folder", ["site", "site/locale", "site/templates", "site/static"])
def test_a_plain_folder_is_no_package(folder):
    assert not (ROOT / folder / "__init__.py").exists()


def test_no_room_hides_a_module_of_the_standard_library():
    rooms = {path.parent.name for path in SITE.glob("*/__init__.py")} | {path.stem for path in SITE.glob("*.py")}
    assert rooms & set(sys.stdlib_module_names) == set()


def test_git_keeps_the_folders_that_stock_lists_ignore():
    lines = (ROOT / ".gitignore").read_text().split()
    assert not {"site", "/site", "/site/", "site/", "media", "/media", "/media/", "media/"} & set(lines)


def test_our_rooms_come_first_and_the_highest_first():
    assert settings.INSTALLED_APPS[: len(OURS)] == OURS


def test_wagtail_localize_brings_its_own_locales():
    assert "wagtail_localize.locales" in settings.INSTALLED_APPS
    assert "wagtail.locales" not in settings.INSTALLED_APPS


def test_uploads_never_go_into_the_code_of_the_room_media():
    source = (SITE / "config/settings/base.py").read_text()
    assert 'MEDIA_ROOT = VAR / "uploads"' in source


def test_pages_have_wagtails_own_model():
    assert settings.WAGTAIL_PAGE_MODEL == "wagtailcore.Page"


@pytest.mark.parametrize("app", OURS)
def test_every_app_has_its_models_and_its_visibility_in_the_same_place(app):
    folder = folder_of(app)
    assert (folder / "apps.py").exists()
    if apps.get_app_config(app.rpartition(".")[2]).get_models():
        assert (folder / "models.py").exists() or (folder / "models").is_dir()


@pytest.mark.parametrize("app", OURS)
def test_no_drawer_for_everything(app):
    names = {path.stem for path in folder_of(app).glob("*.py")}
    assert names & {"utils", "helpers", "common", "misc", "mixins", "managers"} == set()


@pytest.mark.parametrize("app", OURS)
def test_templates_lie_under_the_name_of_their_app(app):
    label = app.rpartition(".")[2]
    templates = folder_of(app) / "templates"
    own = {label, "wagtailadmin", "account", "mfa", "usersessions"}
    assert not templates.exists() or {path.name for path in templates.iterdir()} <= own


@pytest.mark.parametrize("path", list(migrations()), ids=ids)
class TestMigration:
    def test_holds_no_block_list(self, path):
        source = path.read_text()
        assert "wagtail.blocks" not in source
        assert not re.search(r"block_lookup\s*=\s*{[^}]", source)

    def test_never_saves_a_historical_page(self, path):
        """It would wipe the body: use MigrateStreamData or raw JSON."""
        tree = ast.parse(path.read_text())
        functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.Lambda))]
        saves = [
            node.lineno
            for function in functions
            for node in ast.walk(function)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"save", "save_revision", "bulk_update"}
            and mentions_pages(function)
        ]
        assert saves == []


def mentions_pages(function: ast.AST) -> bool:
    words = [
        node.value for node in ast.walk(function) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return any("page" in word.lower() for word in words)


def test_no_migration_is_missing_from_a_room_with_models():
    without = [app for app in OURS if apps.get_app_config(app.rpartition(".")[2]).models and not has_migrations(app)]
    assert without == []


def has_migrations(app: str) -> bool:
    return any((folder_of(app) / "migrations").glob("0*.py"))


def test_every_dependency_is_explained():
    project = (ROOT / "pyproject.toml").read_text()
    named = re.findall(r'^  "([a-z0-9-]+)', project[: project.index("[tool.")], flags=re.M | re.I)
    explained = (ROOT / "docs/dependencies.md").read_text().lower()
    assert [name for name in named if f"| {name.lower()} |" not in explained] == []


def test_every_setting_from_the_environment_is_documented():
    documented = (ROOT / "docs/operations.md").read_text()
    source = "".join(path.read_text() for path in (SITE / "config").rglob("*.py"))
    names = set(re.findall(r"""env(?:\.\w+)?\(\s*"([A-Z0-9_]+)\"""", source))
    names |= set(re.findall(r"""environ\.get\(["']([A-Z0-9_]+)["']""", source))
    apart = {"EMAIL_BACKEND", "WHITENOISE_USE_FINDERS"}  # of the tests' own servers
    assert {name for name in names - apart if f"`{name}`" not in documented} == set()


def services() -> Iterator[Path]:
    for room in ROOMS:
        yield from (ROOT / room).rglob("services/*.py")
        yield from (ROOT / room).rglob("services.py")


@pytest.mark.parametrize("path", list(services()), ids=ids)
def test_every_service_says_what_it_does_and_which_errors_it_raises(path):
    """Those that it raises itself; what it calls is told by the same docstring in the author's own words."""
    silent = {}
    for function in ast.parse(path.read_text()).body:
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
            told = ast.get_docstring(function) or ""
            unsaid = {name for name in errors_in(function) if f"``{name}``" not in told}
            if unsaid or not told:
                silent[function.name] = unsaid
    assert silent == {}


def errors_in(function: ast.FunctionDef) -> set[str]:
    """The errors that a function raises by name; ``TypeError`` is for whoever calls it wrongly."""
    raised = [node.exc for node in ast.walk(function) if isinstance(node, ast.Raise) and node.exc is not None]
    source = [ast.unparse(error.func if isinstance(error, ast.Call) else error) for error in raised]
    names = {name for each in source for name in each.split(".") if name[:1].isupper()}
    return names - {"TypeError"}
