"use strict";
// The reader draws a digit: its code, what the autoencoder makes of it, and what PCA does.
bookDemos.define("draw", ({ host, data, publish }) => {
  const { make, run, write, squaredError } = bookDemos;
  const { networks, numbers } = data.digits;
  const pca = data.pca.arrays;
  const size = numbers.latent_dim;
  const seen = bookDemos.pictures("what the models see");
  const byNetwork = bookDemos.pictures("autoencoder");
  const byPca = bookDemos.pictures("PCA");
  const status = bookDemos.statusLine();
  let z = new Float64Array(size);

  const WIDTH = 320, HEIGHT = 90;
  const bars = bookDemos.chart(WIDTH, HEIGHT, (context, colour) => {
    const largest = Math.max(...z.map(Math.abs), 1e-9);
    context.fillStyle = colour("accent");
    z.forEach((value, place) => context.fillRect(
      WIDTH * (place + 0.15) / size, HEIGHT / 2,
      WIDTH * 0.7 / size, -(HEIGHT / 2 - 2) * value / largest));
    context.fillStyle = colour("ink");
    context.fillRect(0, HEIGHT / 2 - 0.5, WIDTH, 1);
  }, { role: "img" });

  let drawn = new Float32Array(bookDemos.PIXELS);
  function update(pixels = drawn) {
    drawn = pixels;
    const x = centre.input.checked ? bookDemos.centred(pixels) : Float32Array.from(pixels);
    z = run(networks.encoder, x);
    const network = run(networks.decoder, z);
    const plane = bookDemos.pcaReconstruction(pca, x, size);
    const errors = [squaredError(x, network), squaredError(x, plane)];
    bars.redraw();
    bars.canvas.setAttribute("aria-label",
      `The code: ${[...z].map((value) => write(value)).join(", ")}.`);
    seen.show([x], "The drawing as the models see it.");
    byNetwork.show([network], `Reconstruction, squared error ${write(errors[0])}.`,
      `autoencoder: ${write(errors[0])}`);
    byPca.show([plane], `Reconstruction by PCA, squared error ${write(errors[1])}.`,
      `PCA: ${write(errors[1])}`);
    status.say(`From ${size} numbers: squared error ${write(errors[0])} by the autoencoder, `
      + `${write(errors[1])} by PCA. Test digits have ${write(numbers.test_error)} and `
      + `${write(numbers.pca_test_error)} on average.`);
    publish({ x, z, network, plane, errors });
  }

  const centre = bookDemos.checkbox(
    "move the drawing to the centre, as was done to all training digits", true, () => update());
  const choose = (digit) => pad.show(bookDemos.image(data.samples.arrays.digits, digit));
  const pad = bookDemos.drawingPad(update, choose);
  host.append(
    make("div", { className: "demo-columns" }, pad.element,
      make("div", {}, make("div", { className: "demo-pictures" },
        seen.element, byNetwork.element, byPca.element),
      bars.canvas, make("div", { className: "demo-caption", textContent:
        `the code, ${size} numbers` }))),
    bookDemos.digitButtons(choose, bookDemos.button("clear", pad.clear)), centre.element,
    status.element);
  choose(2);
});
