"""What is odd about how a form is put together, or told: one function a way."""

from __future__ import annotations

from html import escape

from workshop.pages.markup import Page, add_script, parse, posting, put_first, submits, words


def parts_apart(page: Page) -> None:
    """Fields and buttons stand outside their form, tied to it by its id alone."""
    for number, form in enumerate(posting(page)):
        form["id"] = f"apart{number}"
        for part in form.find_all(["input", "button", "select"]):
            part["form"] = form["id"]
        form.insert_after(*[child.extract() for child in list(form.contents)])


def button_outside(page: Page) -> None:
    """The button is in no form; a script sends the form of the page."""
    for number, form in enumerate(posting(page)):
        form["id"] = f"sent{number}"
        for button in list(submits(form)):
            if button.has_attr("name") or button.has_attr("disabled"):
                continue
            button["type"] = "button"
            button["onclick"] = f"document.getElementById('{form['id']}').submit()"
            form.insert_after(button.extract())


def folded(page: Page) -> None:
    """The login form is folded away under a line that unfolds it."""
    for form in posting(page):
        if form["action"].startswith("/login") and form.find("input", type="password"):
            form.wrap(page.new_tag("details")).insert(
                0, parse("<summary>ログインはこちら</summary>")
            )


def in_a_frame(page: Page) -> None:
    """The content of each page stands in a frame that the page itself holds."""
    content = page.find("main")
    head = "".join(str(each) for each in page.head.find_all(["link", "script"]))
    inner = f'<html><head><base target="_top">{head}</head><body>{content}</body></html>'
    content.clear()
    content.append(parse(f'<iframe srcdoc="{escape(inner)}" width="800" height="900"></iframe>'))


def elements_of_its_own(page: Page) -> None:
    """Caption and input of each field live in the shadow root of an element of the page's own."""
    for block in page.select("form[method=post] div.field"):
        entry = block.find("input")
        kept = {"hidden", "checkbox", "radio"}
        if entry is None or entry.get("type") in kept:
            continue
        if page.find(attrs={"data-keyboard-for": entry.get("id")}):  # works on the page's own
            continue
        name = entry.get("name", "")
        form_value = parse(f'<input type="hidden" name="{name}">')
        del entry["name"]
        entry["oninput"] = "this.getRootNode().host.nextElementSibling.value=this.value"
        host = page.new_tag("bank-field")
        block.insert_before(host)
        host.insert_after(form_value)
        template = page.new_tag("template", attrs={"shadowrootmode": "open"})
        host.append(template)
        template.append(block.extract())


def spread_out(page: Page) -> None:
    """Titles, captions and buttons have blanks between their signs."""
    for part in page.find_all(["h1", "label", "button"]):
        for text in part.find_all(string=True):
            text.replace_with("　".join(str(text).strip()))


def masked_otp(page: Page) -> None:
    """The one-time password is masked, with a button that shows it."""
    entry = page.find("input", attrs={"name": "otp"})
    if entry is not None:
        entry["type"] = "password"
        entry.insert_after(
            parse(
                '<button type="button" aria-label="ワンタイムパスワードを表示" '
                "onclick=\"document.getElementById('otp').type='text'\">表示</button>"
            )
        )


def vanishing_refusal(page: Page) -> None:
    """A refusal is told in a corner and goes away after some seconds."""
    alert = page.select_one("div.alert")
    if alert is None:
        return
    lines = "".join(f"<p>{escape(words(line))}</p>" for line in alert.find_all("p"))
    style = "position:fixed;right:1em;bottom:1em;background:#333;color:#fff;padding:1em"
    alert.extract()
    page.body.append(parse(f'<div id="toast" style="{style}">{lines}</div>'))
    add_script(page, "setTimeout(function(){document.getElementById('toast').remove()},4000)")


_LOOKS_RIGHT = """
document.querySelectorAll('form[method=post]').forEach(function (form) {
  var rules = { otp: /^[0-9]{6}$/, serial: /^[0-9]{8,12}$/, confirmation: /^.{6,12}$/ };
  var fields = [].slice.call(form.querySelectorAll('input[name]:not([type=hidden])'));
  var button = form.querySelector('button:not([type=button])');
  if (!fields.length || !button || button.disabled) return;
  var look = function () {
    button.disabled = !fields.every(function (field) {
      return (rules[field.name] || /./).test(field.value);
    });
  };
  form.addEventListener('input', look);
  look();
});"""


def right_first(page: Page) -> None:
    """Nothing can be sent until every field looks right."""
    add_script(page, _LOOKS_RIGHT)


_TOLD = """
document.querySelectorAll('form[method=post]').forEach(function (form) {
  var rules = { otp: /^[0-9]{6}$/, serial: /^[0-9]{8,12}$/, confirmation: /^.{6,12}$/ };
  form.addEventListener('submit', function (event) {
    var wrong = [].slice.call(form.querySelectorAll('input[name]:not([type=hidden])'))
      .some(function (field) { return !(rules[field.name] || /./).test(field.value); });
    form.querySelectorAll('.told').forEach(function (old) { old.remove(); });
    if (!wrong) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.insertAdjacentHTML('afterbegin',
      '<div class="told" role="alert"><p>入力内容に誤りがあります。</p></div>');
  });
});"""


def told_first(page: Page) -> None:
    """The page itself says what looks wrong, and sends nothing."""
    for entry in page.find_all("input"):
        for limit in ("maxlength", "pattern", "required", "minlength"):
            del entry[limit]
    add_script(page, _TOLD)


def searching(page: Page) -> None:
    """A search of the site, with its own text field and button, is the first form of the page."""
    put_first(
        page,
        '<form method="post" action="/search"><input name="q" aria-label="サイト内検索">'
        "<button>検索</button></form>",
    )


def two_doors(page: Page) -> None:
    """Another login, for companies, stands before that of persons; its captions are other."""
    content, form = page.find("main"), page.find("form", action="/login")
    if form is None or form.find("input", type="password") is None:
        return
    content.insert_before(
        parse(
            "<section><h2>法人のお客さま</h2><form method=post action=/corporate>"
            "<label>企業ID <input name=c></label><label>法人パスワード <input type=password name=w>"
            "</label><button>法人ログイン</button></form></section>"
        )
    )


def empty_until_touched(page: Page) -> None:
    """A caption lies inside its field until something is typed: nothing else names it."""
    for block in page.select("form[method=post] div.field"):
        label, entry = block.find("label"), block.find("input")
        if label is None or entry is None or entry.get("type") == "hidden":
            continue
        label.name = "span"
        del label["for"]
        label["style"] = "position:absolute;left:.6em;top:.4em;pointer-events:none;color:#666"
        block["style"] = "position:relative"
        entry.insert_after(label.extract())
        entry["oninput"] = "this.nextElementSibling.style.display=this.value?'none':''"
