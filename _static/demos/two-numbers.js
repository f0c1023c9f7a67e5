"use strict";
// A code of two numbers: the reader moves a point in the plane, the decoder draws.
bookDemos.define("two-numbers", ({ host, data, publish }) => {
  const { make, run, write } = bookDemos;
  const { networks, arrays, numbers } = data["two-numbers"];
  const { codes, labels } = arrays;
  const { centre, reach } = numbers;
  const NEIGHBOURS = 15;
  const picture = bookDemos.pictures("the decoder draws");
  const status = bookDemos.statusLine();

  // Distances are in parts of the map, where half its width is 1.
  function neighbours(z) {
    const order = [...labels.keys()].map((place) => [
      Math.hypot(...z.map((value, axis) => (codes[2 * place + axis] - value) / reach[axis])),
      labels[place]]);
    order.sort((first, second) => first[0] - second[0]);
    const counts = new Array(10).fill(0);
    for (const [, label] of order.slice(0, NEIGHBOURS)) counts[label] += 1;
    return { distance: order[0][0], count: Math.max(...counts),
      digit: counts.indexOf(Math.max(...counts)) };
  }

  function move(z) {
    const drawn = run(networks.decoder, z);
    const near = neighbours(z);
    const place = `Code (${write(z[0])}, ${write(z[1])}).`;
    const words = near.distance > 0.07
      ? "No code of a test digit is near; nobody told the decoder what to draw here."
      : `Of the ${NEIGHBOURS} nearest test digits ${near.count} are a ${near.digit}.`;
    picture.show([drawn], `What the decoder draws for the code ${place} ${words}`);
    status.say(`${place} ${words}`);
    publish({ z, drawn });
  }

  const map = bookDemos.codeMap({
    label: "Map of codes, each shown as its digit. Arrow keys move the point, with Shift further; "
      + "0 to 9 go to the code of a test digit.",
    centre, reach, labels, move,
  });
  host.append(
    make("div", { className: "demo-columns" }, map.element, picture.element),
    bookDemos.digitButtons(map.choose), status.element);
  map.setCodes(codes);
  map.choose(0);
});
