// What a field holds now, and whether it can be typed into.
(el) => ({
  value: String(el.value ?? el.innerText ?? ""),
  editable: !el.matches(":disabled") && !el.readOnly && el.getAttribute("aria-readonly") !== "true",
})
