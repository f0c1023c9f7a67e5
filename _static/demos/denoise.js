"use strict";
// Noise is added to a test digit; a denoising autoencoder and a median filter take it away.
bookDemos.define("denoise", ({ host, data, publish }) => {
  const { make, run, write, SIDE, PIXELS } = bookDemos;
  const { networks, numbers } = data.denoise;
  const clean = bookDemos.pictures("test digit");
  const noisy = bookDemos.pictures("with noise");
  const byNetwork = bookDemos.pictures("autoencoder");
  const byMedian = bookDemos.pictures("median filter");
  const status = bookDemos.statusLine();
  let digit = 3, seed = 1;

  // Each is given a pixel, the strength from 0 to 1, and a normal and a uniform random number.
  const noises = {
    "Gaussian": (x, strength, normal) => Math.min(1, Math.max(0, x + strength * normal)),
    "salt and pepper": (x, strength, normal, uniform) =>
      (uniform < strength / 2 ? 0 : uniform > 1 - strength / 2 ? 1 : x),
    "masking": (x, strength, normal, uniform) => (uniform < strength ? 0 : x),
  };

  function medianFilter(pixels) {
    const inside = (value) => Math.min(SIDE - 1, Math.max(0, value));
    return Float32Array.from(pixels, (_, place) => {
      const around = [];
      for (const down of [-1, 0, 1]) {
        for (const right of [-1, 0, 1]) {
          around.push(pixels[inside(Math.floor(place / SIDE) + down) * SIDE
            + inside(place % SIDE + right)]);
        }
      }
      return around.sort((one, other) => one - other)[4];
    });
  }

  // Decibels, higher is better: the largest value is 1, so it does not appear.
  const psnr = (x, other) => -10 * Math.log10(bookDemos.squaredError(x, other) / PIXELS);

  function update() {
    const x = bookDemos.image(data.samples.arrays.digits, digit);
    const random = bookDemos.randomNumbers(seed);
    const amount = Number(strength.input.value);
    const dirty = Float32Array.from(x, (value) =>
      noises[kind.value](value, amount, random.normal(), random.uniform()));
    const network = run(networks.decoder, run(networks.encoder, dirty));
    const median = medianFilter(dirty);
    const values = [dirty, network, median].map((result) => psnr(x, result));
    const [before, after, filtered] = values.map((value) =>
      (Number.isFinite(value) ? `${write(value)} dB` : "no error"));
    clean.show([x], `A ${digit} from the test set.`);
    noisy.show([dirty], `The ${digit} with noise, ${before}.`, `with noise: ${before}`);
    byNetwork.show([network], `The autoencoder's answer, ${after}.`, `autoencoder: ${after}`);
    byMedian.show([median], `The median filter's answer, ${filtered}.`,
      `median filter: ${filtered}`);
    status.say(`${kind.value} noise, strength ${write(amount, 2)}: with noise ${before}, `
      + `autoencoder ${after}, median filter ${filtered}. More decibels are better.`);
    publish({ x, dirty, network, median, values });
  }

  const kind = make("select", { onchange: update },
    ...Object.keys(noises).map((name) => make("option", { textContent: name })));
  const strength = bookDemos.slider("Strength ", { min: 0, max: 1, step: 0.05,
    value: numbers.trained_strength, words: (value) => write(value, 2) }, update);
  const choose = (chosen) => { digit = chosen; update(); };
  host.append(
    make("div", { className: "demo-pictures" },
      clean.element, noisy.element, byNetwork.element, byMedian.element),
    make("label", { className: "demo-row" }, "Noise ", kind), strength.element,
    bookDemos.digitButtons(choose,
      bookDemos.button("other noise", () => { seed += 1; update(); })), status.element);
  update();
});
