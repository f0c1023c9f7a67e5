"use strict";
// Variational autoencoders with two numbers, trained with several beta: the cloud and its decoder.
bookDemos.define("variational", ({ host, data, publish }) => {
  const { make, run, write } = bookDemos;
  const { networks, arrays, numbers } = data.variational;
  const { labels } = arrays;
  const picture = bookDemos.pictures("the decoder draws");
  const made = bookDemos.pictures("codes drawn from the prior, decoded", 5, 2);
  const status = bookDemos.statusLine();
  let chosen = 1, seed = 1;

  // One code for each test digit: the mean, or a draw from the encoder's cloud around it.
  function cloud() {
    const means = arrays[`means_${chosen}`], spreads = arrays[`spreads_${chosen}`];
    const { normal } = bookDemos.randomNumbers(seed);
    return means.map((mean, place) => mean + (sampled.input.checked ? spreads[place] * normal() : 0));
  }

  function move(z) {
    const drawn = run(networks[`decoder_${chosen}`], z);
    const radius = Math.hypot(...z);
    const place = `Code (${write(z[0])}, ${write(z[1])})`;
    picture.show([drawn], `What the decoder draws for the code ${place}.`);
    const { beta, distortion, rate } = numbers.models[chosen];
    status.say(`Beta ${beta}: distortion ${write(distortion)}, rate ${write(rate)} nats per test `
      + `image, together ${write(distortion + rate)}. ${place}, `
      + (radius > 2 ? "outside the prior's outer circle."
        : `inside the prior's ${radius > 1 ? "outer" : "inner"} circle.`));
    publish({ z, drawn, chosen, codes: latestCloud, priorImages });
  }

  let latestCloud, priorImages;
  function update() {
    latestCloud = cloud();
    const { normal } = bookDemos.randomNumbers(1000 + seed);
    priorImages = Array.from({ length: 10 }, () =>
      run(networks[`decoder_${chosen}`], [normal(), normal()]));
    made.show(priorImages, `Ten codes drawn from the prior, decoded with beta ${
      numbers.models[chosen].beta}.`);
    map.setCodes(latestCloud);
    move(z);
  }

  let z = [0, 0];
  const map = bookDemos.codeMap({
    label: "Map of codes, each shown as its digit, with circles of radius 1 and 2. Arrow keys move "
      + "the point, with Shift further; 0 to 9 go to the code of a test digit.",
    reach: numbers.reach, labels, circles: [1, 2],
    move: (place) => { z = place; move(place); },
  });
  const sampled = bookDemos.checkbox("draw each code from its cloud, not only the mean", true,
    update);
  const radios = numbers.models.map(({ beta }, place) => make("label", {},
    make("input", { type: "radio", name: "demo-beta", checked: place === chosen,
      onchange: () => { chosen = place; update(); } }), `${beta} `));
  host.append(
    make("div", { className: "demo-row", attributes: { role: "radiogroup", "aria-label": "beta" } },
      make("span", { textContent: "Beta: " }), ...radios),
    make("div", { className: "demo-columns" }, map.element,
      make("div", { className: "demo-prior" }, picture.element, made.element)),
    sampled.element,
    bookDemos.digitButtons(map.choose,
      bookDemos.button("other draws", () => { seed += 1; update(); })),
    status.element);
  update();
});
