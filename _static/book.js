// Paper is white and cannot be clicked: print in light colours, with everything unfolded.
{
  const root = document.documentElement;
  let theme, folded;
  addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const block of folded) block.open = true;
  });
  addEventListener("afterprint", () => {
    root.dataset.theme = theme;
    for (const block of folded) block.open = false;
  });
}

// What is larger than its box scrolls in it, so the keyboard must reach that box. The theme looks
// for such boxes too, but has the whole page laid out for it: _ext/book_loading.py leaves that out.
// Where it goes on to the right, its edge fades (book.css).
{
  const boxes = ".katex-display, pre, .cell_output > .output, .pst-scrollable-table-container";
  const fade = (box) =>
    box.classList.toggle("goes-on", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = target;
      fade(target);
      if (scrollWidth > clientWidth || scrollHeight > clientHeight) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  for (const box of document.querySelectorAll(boxes)) {
    sizes.observe(box);
    box.addEventListener("scroll", () => fade(box), { passive: true });
  }
}

// The menu buttons. A page holds two of each kind, and the theme listens to the first, which stands
// in a header that is never shown (sphinx-book-theme issue 988, pydata-sphinx-theme issue 2451): a
// click on the other is passed on to it. A theme that listens to both stops the click, and then
// nothing is left to do here.
for (const kind of [".primary-toggle", ".secondary-toggle"]) {
  const first = document.querySelector(kind);
  addEventListener("click", (event) => {
    const button = event.target.closest?.(kind);
    if (button && button !== first && !event.defaultPrevented) first.click();
  });
}
