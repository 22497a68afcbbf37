// The on-screen keyboard. The field stays an ordinary field: typing always works.
"use strict";

const LETTERS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
const ROWS = [
  ["1234567890", "digits"],
  ...LETTERS.map((row) => [row, "small"]),
  ...LETTERS.map((row) => [row.toUpperCase(), "capital"]),
];

function makeKey(name, action, className) {
  const key = document.createElement("button");
  key.type = "button";
  key.textContent = name;
  key.className = className;
  // Keeps the field's caret and selection where they are when a key is clicked.
  key.addEventListener("mousedown", (event) => event.preventDefault());
  key.addEventListener("click", action);
  return key;
}

function insert(field, text) {
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function eraseOne(field) {
  if (field.selectionStart === field.selectionEnd && field.selectionStart > 0) {
    field.setSelectionRange(field.selectionStart - 1, field.selectionEnd);
  }
  insert(field, "");
}

function eraseAll(field) {
  // Not select(): it would take the focus and bring up a phone's own keyboard.
  field.setSelectionRange(0, field.value.length);
  insert(field, "");
}

function fit(holder) {
  const field = document.getElementById(holder.dataset.keyboardFor);
  const opener = holder.querySelector(".keyboard-open");
  const board = holder.querySelector(".keys");
  const count = document.createElement("p");
  count.className = "key-count";
  count.setAttribute("role", "status");

  const tell = () => {
    count.textContent = `入力済み ${field.value.length}文字`;
  };
  const close = () => {
    board.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    field.focus();
  };

  for (const [row, kind] of ROWS) {
    const line = document.createElement("div");
    line.className = `key-row ${kind}`;
    for (const character of row) line.append(makeKey(character, () => insert(field, character), "key"));
    board.append(line);
  }
  // A wide screen shows small and capital letters together and needs no shift key.
  const shift = makeKey("大文字", () => {
    const capitals = shift.getAttribute("aria-pressed") !== "true";
    shift.setAttribute("aria-pressed", String(capitals));
    board.classList.toggle("shifted", capitals);
  }, "key key-wide key-shift");
  shift.setAttribute("aria-pressed", "false");
  const tools = document.createElement("div");
  tools.className = "key-row key-tools";
  tools.append(
    shift,
    makeKey("一文字消す", () => eraseOne(field), "key key-wide"),
    makeKey("すべて消す", () => eraseAll(field), "key key-wide"),
    makeKey("入力完了", close, "key key-wide key-done"),
  );
  board.append(tools, count);

  field.addEventListener("input", tell);
  for (const place of [holder, field]) {
    place.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !board.hidden) close();
    });
  }
  opener.addEventListener("click", () => {
    if (!board.hidden) {
      close();
      return;
    }
    board.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    field.setSelectionRange(field.value.length, field.value.length);
    tell();
    board.querySelector(".key").focus();
  });
  opener.hidden = false;
}

for (const holder of document.querySelectorAll("[data-keyboard-for]")) fit(holder);
