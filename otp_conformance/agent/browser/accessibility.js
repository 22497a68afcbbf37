// What axe-core and the accessibility tree do not tell of a page, for accessibility.py. Runs
// after axe-core in a world of its own: what the page has done to its own objects has no hold here.
({
  // -- words for places; never what a field holds ------------------------------------------

  text(el) {
    if (!el) return "";
    const parts = [];
    const walk = (node) => {
      if (node.nodeType === 3) parts.push(node.data);
      if (node.nodeType !== 1 || /^(script|style|textarea|select|noscript)$/.test(node.localName)) return;
      if (node.checkVisibility && !node.checkVisibility({ visibilityProperty: true })) return;
      if (node.getAttribute("aria-hidden") === "true") return;
      if (node.localName === "img" || node.type === "image") parts.push(node.alt || "");
      for (const child of node.childNodes) walk(child);
    };
    walk(el);
    return parts.join(" ").replace(/\s+/g, " ").trim();
  },

  clip(text) {
    return text.length > 30 ? text.slice(0, 30) + "…" : text;
  },

  caption(el) {
    const told = [
      el.getAttribute("aria-label"),
      [...(el.labels || [])].map((label) => this.text(label)).join(" "),
      /^(submit|button|reset)$/.test(el.type || "") && el.localName === "input" ? el.value : "",
      el.matches("input, textarea, select") ? "" : this.text(el),
      el.getAttribute("placeholder"),
      el.getAttribute("alt"),
      el.getAttribute("title"),
    ].find((text) => text && text.trim());
    return this.clip((told || "").replace(/\s+/g, " ").trim());
  },

  place(el) {
    const kinds = [
      ["input:not([type=submit], [type=button], [type=reset], [type=image], [type=checkbox], [type=radio]), textarea", "入力欄"],
      ["input[type=checkbox], input[type=radio], select", "選ぶ欄"],
      ["button, input, summary, [role=button]", "ボタン"],
      ["a, [role=link]", "リンク"],
      ["h1, h2, h3, h4, h5, h6", "見出し"],
      ["img, svg", "画像"],
      ["li, dt, dd, ul, ol, dl", "箇条書き"],
      ["table, tr, td, th", "表"],
      ["p, span, strong, em, b, font", "文"],
    ];
    const kind = (kinds.find(([selector]) => el.matches(selector)) || ["", `${el.localName} 要素`])[1];
    // A text may say whose page it is; its heading says enough of where it is.
    const caption = /入力欄|選ぶ欄|ボタン|リンク|見出し/.test(kind) ? this.caption(el) : "";
    if (caption) return `${kind}「${caption}」`;
    const name = el.matches("input, textarea, select") ? el.name || el.id : "";
    if (name) return `${kind}（名前なし、${name}）`;
    const heading = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
      .filter((each) => each.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING)
      .pop();
    return heading ? `${kind}（「${this.clip(this.text(heading))}」の下）` : kind;
  },

  // -- axe-core ----------------------------------------------------------------------------

  async violations() {
    const found = await axe.run(document, {
      runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
      rules: { "target-size": { enabled: true } },
      resultTypes: ["violations"],
      elementRef: true,
      iframes: false,
      selectors: false,
    });
    return found.violations.flatMap((rule) =>
      rule.nodes.filter((node) => rule.id !== "target-size" || !node.element || !this.unstyled(node.element)).map((node) => ({
        rule: rule.id,
        criteria: rule.tags.filter((tag) => /^wcag\d{3,}$/.test(tag)).map((tag) => `${tag[4]}.${tag[5]}.${tag.slice(6)}`),
        impact: node.impact || rule.impact || "",
        place: node.element ? this.place(node.element) : "",
      })),
    );
  },

  // Whether the browser alone sets a control's size, which 2.5.8 excepts and axe-core does not know.
  unstyled(el) {
    const SIZED = /^(all|appearance|block-size|border|box-sizing|display|flex|font|height|inline-size|line-height|margin|max-|min-|padding|position|transform|width|zoom)/;
    const sizes = (style) => [...style].some((name) => SIZED.test(name));
    const styled = (rules) => [...rules].some((rule) => {
      if (rule.selectorText !== undefined) {
        if (sizes(rule.style) && this.fits(el, rule.selectorText)) return true;
      }
      return rule.cssRules ? styled(rule.cssRules) : false;
    });
    if (sizes(el.style)) return false;
    try {
      return ![...document.styleSheets, ...document.adoptedStyleSheets].some((sheet) => styled(sheet.cssRules));
    } catch {
      return false; // a sheet of another site cannot be read: it may well be the author's
    }
  },

  fits(el, selector) {
    try {
      return el.matches(selector);
    } catch {
      return false;
    }
  },

  // -- controls ----------------------------------------------------------------------------

  controls(elements, wanted) {
    const selected = Object.entries(wanted).map(([key, selector]) => [key, document.querySelector(selector)]);
    return elements.map((el) => {
      const group = el.closest("fieldset, [role=group], [role=radiogroup], form[aria-label]");
      const row = el.closest("tr");
      const head = row ? [...row.querySelectorAll("th, [role=rowheader]")].map((each) => this.text(each)) : [];
      const around = el.closest("li, p, td, th, dd, label");
      return {
        place: this.place(el),
        autocomplete: (el.getAttribute("autocomplete") || "").toLowerCase().split(/\s+/).filter(Boolean),
        readonly: el.readOnly === true,
        context: [
          around ? this.text(around) : "",
          ...head,
          group ? this.text(group.querySelector("legend")) || group.getAttribute("aria-label") || "" : "",
        ].join(" ").trim(),
        before: this.before(el),
        drawn: this.drawn(el),
        holds: Boolean(el.value),
        called: selected.filter(([, other]) => other === el).map(([key]) => key),
      };
    });
  },

  before(el) {
    const parts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node && node !== el; node = walker.nextNode()) {
      if (node.nodeType === 1) {
        if (node.matches("input:not([type=hidden]), textarea, select, button, a")) parts.length = 0;
      } else if (node.parentElement.checkVisibility()) parts.push(node.data);
    }
    return parts.join(" ").replace(/\s+/g, " ").trim();
  },

  // A mark of a required entry that no screen reader reads: a picture without a text, or one that
  // a style sheet paints outside of the label.
  drawn(el) {
    const box = el.closest("td, p, li, dd, .field, div") || el.parentElement;
    const near = [box, box.previousElementSibling].filter(Boolean).flatMap((at) => [at, ...at.querySelectorAll("*")]);
    return near.some((at) => {
      if (at.localName === "img" && !at.alt && /required|hissu|must/i.test(at.src)) return true;
      if ([...(el.labels || [])].some((label) => label.contains(at))) return false;
      return ["::before", "::after"].some((part) => {
        const { content, display } = getComputedStyle(at, part);
        return display !== "none" && /必須|^"\s*[*＊※]/.test(content);
      });
    });
  },

  // -- the page ----------------------------------------------------------------------------

  page() {
    const at = document.activeElement;
    const focused = at && at !== document.body && at !== document.documentElement ? at : null;
    const described = focused ? (focused.getAttribute("aria-describedby") || "").split(/\s+/) : [];
    // Who gets into a dialog is told what it says.
    const box = focused ? focused.closest("dialog, [role=dialog], [role=alertdialog]") : null;
    return {
      language: document.documentElement.lang || "",
      live: [...document.querySelectorAll("[role=alert], [role=alertdialog], [role=status], [role=log], [aria-live=polite], [aria-live=assertive], output")]
        .map((each) => this.text(each)).filter(Boolean),
      focused: focused ? [this.text(focused), this.text(box), ...described.map((id) => this.text(document.getElementById(id)))].join(" ").trim() : "",
      sticksOut: this.sticksOut(),
      tracks: this.tracks(),
    };
  },

  sticksOut() {
    const width = document.documentElement.clientWidth;
    const root = document.scrollingElement;
    if (root.scrollWidth <= width + 1) return [];
    // Tables of data, pictures and what scrolls by itself may be wider (exceptions of 1.4.10).
    const exempt = (el) => {
      for (let up = el; up && up !== document.body; up = up.parentElement) {
        if (up.matches("table:has(th), img, svg, video, canvas")) return true;
        if (up !== el && /auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX)) return true;
      }
      return false;
    };
    const out = [...document.body.querySelectorAll("*")]
      .map((el) => [el, el.getBoundingClientRect()])
      .filter(([el, box]) => box.width && box.height && box.right + scrollX > width + 1 && !exempt(el) && el.checkVisibility({ visibilityProperty: true }))
      .filter(([el], _, all) => !all.some(([other]) => other !== el && el.contains(other)));
    return out.slice(0, 3).map(([el, box]) => `${this.place(el)}（${Math.round(box.right + scrollX - width)}px）`);
  },

  tracks() {
    const HERE = /現在|いま|▶|●/;
    return [...document.querySelectorAll("ol, ul, [role=list], tr, div, p, nav, dl")]
      .map((list) => [...list.children].filter((each) => each.checkVisibility({ visibilityProperty: true }) && this.text(each)))
      .filter((stages) => stages.length > 1 && stages.length < 9 && stages.every((each) => this.text(each).length <= 24 && !each.querySelector("a, button, input")))
      .map((stages) => {
        const looks = stages.map((each) => this.look(each));
        return stages.map((each, i) => ({
          text: this.text(each),
          told: [each, ...each.querySelectorAll("*")].some((at) =>
            !["", "false", null].includes(at.getAttribute("aria-current")) || /^(strong|b|em|mark)$/.test(at.localName)) || HERE.test(this.text(each)),
          apart: looks.filter((look) => look === looks[i]).length === 1,
        }));
      });
  },

  look(el) {
    return [el, ...el.querySelectorAll("*")].map((at) => {
      const { color, backgroundColor, fontWeight, borderBottomColor } = getComputedStyle(at);
      return [color, backgroundColor, fontWeight, borderBottomColor].join();
    }).join("|");
  },

  // -- by the keyboard ---------------------------------------------------------------------

  begin(elements) {
    this.wanted = elements;
    this.visited = [];
    this.was = null;
    this.unseen = new Set();
    return elements.length;
  },

  sign(el) {
    const near = [];
    for (let at = el, i = 0; at && at !== document.body && i < 3; at = at.parentElement, i += 1) near.push(at);
    for (const at of [el.nextElementSibling, el.previousElementSibling]) if (at) near.push(at);
    return near.map((at) => ["", "::before", "::after"].map((part) => {
      const s = getComputedStyle(at, part || null);
      return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.border, s.backgroundColor, s.backgroundImage,
        s.color, s.textDecoration, s.opacity, s.transform, s.filter, s.fontWeight, s.content, s.display].join();
    }).join("/")).join("|");
  },

  async settled(el) {
    const moving = document.getAnimations().filter((each) => Number.isFinite(each.effect?.getComputedTiming().endTime));
    await Promise.race([Promise.all(moving.map((each) => each.finished.catch(() => null))), new Promise((done) => setTimeout(done, 600))]);
    await new Promise((done) => requestAnimationFrame(done));
    return el;
  },

  // After a press of Tab: note who has the focus, and whether the one before looked different with it.
  async step() {
    const at = document.activeElement;
    const here = at && at !== document.body && at !== document.documentElement ? at : null;
    await this.settled(here);
    if (this.was && this.was.el !== here && this.was.el.isConnected && this.sign(this.was.el) === this.was.sign) this.unseen.add(this.was.el);
    this.was = here ? { el: here, sign: this.sign(here) } : null;
    const again = here !== null && this.visited.includes(here);
    this.visited.push(here);
    return { out: here === null, again, left: this.left().length };
  },

  left() {
    const radio = (el) => el.type === "radio" && this.visited.some((other) => other && other.name === el.name && other.form === el.form);
    const around = (el) => this.visited.some((other) => other && (other.contains(el) || el.contains(other)));
    // Of a group that arrow keys lead through, Tab gets to one; and one of two links to a place will do.
    const GROUPS = "[role=radiogroup], [role=tablist], [role=menu], [role=menubar], [role=toolbar], [role=listbox], [role=grid], [role=tree]";
    const led = (el) => el.tabIndex < 0 && el.closest(GROUPS);
    const twin = (el) => el.href && this.visited.some((other) => other && other.href === el.href);
    return this.wanted.filter((el) =>
      el.isConnected && el.checkVisibility({ visibilityProperty: true }) && !radio(el) && !around(el) && !led(el) && !twin(el));
  },

  toured() {
    return {
      missed: this.left().map((el) => this.place(el)),
      last: this.visited.length && this.visited.at(-1) ? this.place(this.visited.at(-1)) : "",
      unseen: this.candidates().length,
    };
  },

  // The caret shows the focus of a field by itself (Understanding 2.4.7).
  candidates() {
    return [...this.unseen].filter((el) => el.isConnected && !el.matches(this.TYPED) && el.checkVisibility());
  },

  TYPED: "input:not([type=submit], [type=button], [type=reset], [type=image], [type=checkbox], [type=radio]), textarea",

  async focus(i, on) {
    const el = this.candidates()[i];
    if (on) el.focus({ focusVisible: true });
    else el.blur();
    await this.settled(el);
    el.scrollIntoView({ block: "center" });
    const box = el.getBoundingClientRect();
    return { x: box.x, y: box.y, width: box.width, height: box.height, place: this.place(el) };
  },

  // -- the clipboard -----------------------------------------------------------------------

  pasteEvent(text) {
    const at = document.activeElement;
    const data = new DataTransfer();
    data.setData("text/plain", text);
    return at.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, composed: true, clipboardData: data }));
  },
})
