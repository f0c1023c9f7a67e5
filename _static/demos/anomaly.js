"use strict";
// The reader draws anything and reads its reconstruction error against a threshold.
bookDemos.define("anomaly", ({ host, data, publish }) => {
  const { make, run, write } = bookDemos;
  const { networks, arrays, numbers } = data.digits;
  const { samples } = data;
  const { threshold, error_range: [low, high] } = numbers;
  const seen = bookDemos.pictures("what the model sees");
  const answer = bookDemos.pictures("its answer");
  const status = bookDemos.statusLine();
  let score = 0;

  // Errors on a logarithmic scale: how many validation digits, the threshold, and this image.
  const WIDTH = 320, HEIGHT = 120, BASE = 96;
  const across = (error) => WIDTH * Math.min(1, Math.max(0,
    Math.log(error / low) / Math.log(high / low)));
  const scale = bookDemos.chart(WIDTH, HEIGHT, (context, colour) => {
    const counts = arrays.histogram, most = Math.max(...counts);
    context.fillStyle = colour("muted");
    counts.forEach((count, place) => context.fillRect(WIDTH * place / counts.length,
      BASE, WIDTH / counts.length - 1, -(BASE - 24) * count / most));
    context.fillStyle = colour("ink");
    context.fillRect(0, BASE, WIDTH, 1);
    context.textAlign = "center";
    for (const tick of [3, 10, 30, 100]) context.fillText(tick, across(tick), BASE + 16);
    context.fillRect(across(threshold) - 1, 16, 2, BASE - 16);
    context.fillText("threshold", across(threshold), 11);
    context.fillStyle = colour("alarm");
    context.beginPath();
    context.moveTo(across(score), BASE - 1);
    context.lineTo(across(score) - 8, BASE - 17);
    context.lineTo(across(score) + 8, BASE - 17);
    context.fill();
  }, { role: "img" });

  let drawn = new Float32Array(bookDemos.PIXELS);
  function update(pixels = drawn) {
    drawn = pixels;
    const x = centre.input.checked ? bookDemos.centred(pixels) : Float32Array.from(pixels);
    const network = run(networks.decoder, run(networks.encoder, x));
    score = bookDemos.squaredError(x, network);
    const isAlarm = score > threshold;
    const verdict = isAlarm ? "above the threshold: alarm" : "below the threshold: no alarm";
    const words = `Squared error ${write(score)}, ${verdict} (threshold ${write(threshold)}; `
      + `${write(100 * numbers.false_alarms)} % of test digits lie above it).`;
    seen.show([x], "The drawing as the model sees it.");
    answer.show([network], "What the model makes of the drawing.");
    scale.redraw();
    scale.canvas.setAttribute("aria-label",
      `Scale of errors with those of validation digits. ${words}`);
    status.say(words);
    publish({ x, network, score, threshold, isAlarm });
  }

  const centre = bookDemos.checkbox(
    "move the drawing to the centre, as was done to all training digits", true, () => update());
  const choose = (digit) => pad.show(bookDemos.image(samples.arrays.digits, digit));
  const pad = bookDemos.drawingPad(update, choose);
  const clothes = samples.numbers.clothes.map((name, place) => bookDemos.button(
    name, () => pad.show(bookDemos.image(samples.arrays.clothes, place))));
  host.append(
    make("div", { className: "demo-columns" }, pad.element,
      make("div", {}, make("div", { className: "demo-pictures" }, seen.element, answer.element),
        scale.canvas, make("div", { className: "demo-caption", textContent:
          "squared error; grey: validation digits; triangle: this image" }))),
    bookDemos.digitButtons(choose),
    bookDemos.buttonRow("No digits", ...clothes, bookDemos.button("blank", pad.clear)),
    centre.element, status.element);
  choose(8);
});
