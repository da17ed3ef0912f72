"""Bill of materials of a release: every locked package with version, licence and hashes."""

from tests import release
from tests.test_licences import list_locked_versions


def test_bill_of_materials_lists_every_locked_package_with_licence_and_hashes():
    bill = release.make_bill_of_materials()

    listed = {part["name"]: part["version"] for part in bill["components"]}
    assert listed == list_locked_versions()
    assert [part["name"] for part in bill["components"] if not part["licenses"][0]["license"]["name"]] == []
    assert [part["name"] for part in bill["components"] if not part["externalReferences"][0]["hashes"]] == []


def test_licence_texts_name_every_package():
    text = release.list_licence_texts()

    assert [name for name, version in list_locked_versions().items() if f"{name} {version}: " not in text] == []


def test_version_without_changelog_entry_is_refused(monkeypatch):
    monkeypatch.setattr(release.assessment, "__version__", "99.0.0")

    assert "99.0.0" in release.find_changelog_problem()


def test_version_has_its_changelog_entry():
    assert release.find_changelog_problem() is None
