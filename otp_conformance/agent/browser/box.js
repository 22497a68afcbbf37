// Where an element stands on a picture of its whole page, in ten-thousandths; null in a frame.
(element) => {
  if (window !== window.top) return null;
  const all = document.documentElement, at = element.getBoundingClientRect();
  const width = Math.max(all.scrollWidth, innerWidth);
  const height = Math.max(all.scrollHeight, innerHeight);
  const part = (length, whole) => Math.max(0, Math.round((length / whole) * 10000));
  return at.width && at.height
    ? [part(at.left + scrollX, width), part(at.top + scrollY, height),
       part(at.width, width), part(at.height, height)]
    : null;
}
