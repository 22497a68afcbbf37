"""``otp-conformance record`` on saved pages."""

from __future__ import annotations


def test_a_saved_page(cli, tmp_path):
    path = tmp_path / "login.html"
    path.write_text(
        "<title>x</title><h1>ログイン</h1><form><label>契約者番号<input name=a></label>"
        "<label>ログインパスワード<input type=password name=b></label>"
        "<button>ログイン</button></form>",
        encoding="utf-8",
    )
    code, out, err = cli("record", str(path), "--screen", "login")
    assert (code, err) == (0, "")
    assert '"login.id" = ["契約者番号"]' in out
    assert "# login.password: 「ログインパスワード」はそのままで分かります" in out


def test_a_password_is_no_proposal_for_an_id(cli, tmp_path):
    path = tmp_path / "login.html"
    path.write_text(
        "<title>x</title><h1>ログイン</h1><form><label>会員番号<input name=a></label>"
        "<label>ログイン暗証<input type=password name=b></label><button>ログイン</button></form>",
        encoding="utf-8",
    )
    _, out, _ = cli("record", str(path), "--screen", "login")
    assert '"login.id" = ["会員番号"]' in out
    assert '"login.password" = ["ログイン暗証"]' in out


def test_neither_file_nor_browser(cli):
    code, _, err = cli("record")
    assert code == 2
    assert "--browse" in err


def test_files_that_are_no_pages(cli, tmp_path):
    code, _, err = cli("record", str(tmp_path / "none.html"))
    assert code == 2
    assert "none.html" in err
    empty = tmp_path / "empty.html"
    empty.write_bytes(b"")
    code, _, err = cli("record", str(empty))
    assert code == 2
    assert "HTML ではありません" in err
