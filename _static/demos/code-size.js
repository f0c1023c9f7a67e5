"use strict";
// A slider over the number of numbers in the code: PCA beside autoencoders.
bookDemos.define("code-size", ({ host, data, publish }) => {
  const { make, write, image } = bookDemos;
  const { arrays, numbers } = data["code-size"];
  const { digits } = data.samples.arrays;
  const { sizes } = numbers;
  const all = [...Array(10).keys()];
  const originals = bookDemos.pictures("test digits", 10);
  const byNetwork = bookDemos.pictures("autoencoder", 10);
  const byPca = bookDemos.pictures("PCA", 10);
  const status = bookDemos.statusLine();
  const cell = (tag, content, scope) => make(tag, { textContent: content,
    ...(scope && { scope }) });
  const rows = sizes.map((size, place) => make("tr", {},
    cell("th", size, "row"), cell("td", write(numbers.pca_errors[place])),
    cell("td", write(numbers.errors[place]))));

  function update() {
    const place = Number(slider.input.value), size = sizes[place];
    // Reconstructions by the networks are stored; those by PCA are computed here.
    const network = all.map((digit) => image(arrays.reconstructions, 10 * place + digit));
    const plane = all.map((digit) =>
      bookDemos.pcaReconstruction(data.pca.arrays, image(digits, digit), size));
    const errors = `squared error per test image: PCA ${write(numbers.pca_errors[place])}, `
      + `autoencoder ${write(numbers.errors[place])}`;
    byNetwork.show(network, `The ten digits as autoencoders draw them from ${size} numbers.`,
      `autoencoder, ${size} numbers: ${write(numbers.errors[place])}`);
    byPca.show(plane, `The ten digits as PCA draws them from ${size} numbers.`,
      `PCA, ${size} numbers: ${write(numbers.pca_errors[place])}`);
    rows.forEach((row, other) => (other === place
      ? row.setAttribute("aria-current", "true") : row.removeAttribute("aria-current")));
    status.say(`Code of ${size}; ${errors}.`);
    publish({ size, network, plane });
  }

  const slider = bookDemos.slider("Numbers in the code ", { min: 0, max: sizes.length - 1, step: 1,
    value: 1, words: (place) => String(sizes[place]) }, update);
  originals.show(all.map((digit) => image(digits, digit)),
    "The first test digit of each kind, from 0 to 9.");
  host.append(slider.element, originals.element, byNetwork.element, byPca.element, status.element,
    make("table", {}, make("caption", { textContent: "Squared error per test image" }),
      make("thead", {}, make("tr", {}, cell("th", "numbers", "col"), cell("th", "PCA", "col"),
        cell("th", "autoencoder", "col"))), make("tbody", {}, ...rows)));
  update();
});
