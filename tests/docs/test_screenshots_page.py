"""There is a picture of every page in both languages; `make screenshots` takes them."""

from tools.screenshots.pages import BYTES_MAX, FOLDER, INDEX, files, index


class TestPage:
    def test_pictures(self):
        """
        Every page has its pictures, and none is left of a page that is gone.
        """
        assert sorted(files()) == sorted(FOLDER.rglob("*.png")), "run `make screenshots`"

    def test_index(self):
        """
        The page shows them all.
        """
        assert index() == INDEX.read_text(), "run `make screenshots`"

    def test_small(self):
        """
        Together they stay below three megabytes.
        """
        assert sum(path.stat().st_size for path in FOLDER.rglob("*.png")) < BYTES_MAX
