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

// A formula wider than the screen scrolls in its box, so the keyboard must reach that box.
{
  const mark = () => {
    for (const box of document.querySelectorAll(".katex-display")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  addEventListener("load", mark);
  addEventListener("resize", mark);
}
