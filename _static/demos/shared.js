"use strict";
// What the live models share: loading, the networks' arithmetic, and the parts of their pages.
// Classic scripts and data inside scripts, because a page opened from a file may neither import
// modules nor fetch. Nothing moves by itself; everything answers to pointer, touch and keyboard.
window.bookDemos = (() => {
  const SIDE = 28;
  const PIXELS = SIDE * SIDE;
  const folder = new URL(".", document.currentScript.src);
  const definitions = new Map();
  const stored = new Map();
  const loading = new Map();
  const redraws = [];

  // ---- Loading: a demo's scripts and data come when its place is scrolled near.

  function load(address) {
    if (!loading.has(address)) {
      loading.set(address, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = new URL(address, folder).href;
        script.onload = resolve;
        script.onerror = () => reject(new Error(`${address} did not load`));
        document.head.append(script);
      }));
    }
    return loading.get(address);
  }

  async function start(figure) {
    const name = figure.dataset.demo;
    const host = figure.querySelector(".demo-live");
    try {
      await Promise.all(figure.dataset.files.split(" ").map(load));
      const publish = (values) => { latest[name] = values; };
      definitions.get(name)({ host, data: Object.fromEntries(stored), publish });
      host.hidden = false;
      figure.classList.add("demo-ready");
    } catch (error) {
      host.remove();
      figure.append(make("p", { className: "demo-hint", textContent:
        "The live model did not load. The picture shows what it does." }));
      throw error;
    }
  }

  // ---- Data: see tools/demo_files.py, which writes it.

  function bytes(text) {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  }

  function decodeArray(array) {
    const raw = bytes(array.text).buffer;
    if (array.type === "float32") return new Float32Array(raw);
    if (array.type === "uint8") return new Uint8Array(raw);
    if (array.type === "pixels") return Float32Array.from(new Uint8Array(raw), (v) => v / 255);
    const scale = new Float32Array(bytes(array.scale).buffer); // one for each column
    return Float32Array.from(new Int8Array(raw), (v, place) => v * scale[place % scale.length]);
  }

  function decodeLayer({ kernel, bias, activation }) {
    return { kernel: decodeArray(kernel), bias: decodeArray(bias), activation };
  }

  function store(name, { networks, arrays, numbers }) {
    const each = (parts, decode) => Object.fromEntries(
      Object.entries(parts).map(([key, part]) => [key, decode(part)]));
    stored.set(name, {
      networks: each(networks, (layers) => layers.map(decodeLayer)),
      arrays: each(arrays, decodeArray),
      numbers,
    });
  }

  // ---- Arithmetic

  // Abramowitz & Stegun 7.1.26; its error is below 2e-7.
  function erf(x) {
    const t = 1 / (1 + 0.3275911 * Math.abs(x));
    const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741
      + t * (-1.453152027 + t * 1.061405429))));
    return Math.sign(x) * (1 - series * Math.exp(-x * x));
  }

  const activations = {
    linear: (x) => x,
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
    gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  };

  function dense(x, { kernel, bias, activation }) {
    const sums = Float64Array.from(bias);
    for (let i = 0; i < x.length; i++) {
      if (x[i] === 0) continue; // most pixels of a digit are black
      const row = i * sums.length;
      for (let j = 0; j < sums.length; j++) sums[j] += x[i] * kernel[row + j];
    }
    return sums.map(activations[activation]);
  }

  function run(layers, x) {
    return layers.reduce(dense, x);
  }

  // Reconstruction by the first `count` principal components, which are columns.
  function pcaReconstruction({ mean, components }, x, count) {
    const columns = components.length / PIXELS;
    const result = Float64Array.from(mean);
    for (let column = 0; column < count; column++) {
      let value = 0;
      for (let i = 0; i < PIXELS; i++) value += (x[i] - mean[i]) * components[i * columns + column];
      for (let i = 0; i < PIXELS; i++) result[i] += value * components[i * columns + column];
    }
    return result;
  }

  function squaredError(one, other) {
    let sum = 0;
    for (let i = 0; i < one.length; i++) sum += (one[i] - other[i]) ** 2;
    return sum;
  }

  function image(images, place) {
    return images.subarray(place * PIXELS, (place + 1) * PIXELS);
  }

  // Moves the centre of mass to the centre, by whole pixels, as was done to every MNIST digit.
  function centred(pixels) {
    let mass = 0, across = 0, down = 0;
    pixels.forEach((value, place) => {
      mass += value;
      across += value * (place % SIDE);
      down += value * Math.floor(place / SIDE);
    });
    const result = new Float32Array(PIXELS);
    if (mass === 0) return result;
    const right = Math.round(SIDE / 2 - across / mass), below = Math.round(SIDE / 2 - down / mass);
    pixels.forEach((value, place) => {
      const column = place % SIDE + right, row = Math.floor(place / SIDE) + below;
      if (column >= 0 && column < SIDE && row >= 0 && row < SIDE) {
        result[row * SIDE + column] = value;
      }
    });
    return result;
  }

  // Random numbers that repeat: mulberry32, and Box & Muller's way from even to normal ones.
  function randomNumbers(seed) {
    let state = seed;
    const uniform = () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    const normal = () =>
      Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    return { uniform, normal };
  }

  function write(number, digits = 1) {
    return number.toFixed(digits).replace("-", "−");
  }

  // ---- Parts of a page

  function make(tag, properties = {}, ...children) {
    const { attributes = {}, ...others } = properties;
    const element = Object.assign(document.createElement(tag), others);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  // What is seen, in words. Said after a pause, so that a drag is not read out at every step.
  function statusLine() {
    const element = make("p", { className: "demo-status", attributes: { role: "status" } });
    let timer;
    const say = (text) => {
      clearTimeout(timer);
      timer = setTimeout(() => { element.textContent = text; }, 250);
    };
    return { element, say };
  }

  function button(text, onclick, label = text) {
    return make("button", { type: "button", textContent: text, onclick,
      attributes: { "aria-label": label } });
  }

  function buttonRow(label, ...buttons) {
    return make("div", { className: "demo-row", attributes: { role: "group", "aria-label": label } },
      make("span", { textContent: `${label}: ` }), ...buttons);
  }

  function digitButtons(choose, ...others) {
    const digits = [...Array(10).keys()].map((digit) =>
      button(String(digit), () => choose(digit), `test digit ${digit}`));
    return buttonRow("Examples", ...digits, ...others);
  }

  function checkbox(text, checked, onchange) {
    const input = make("input", { type: "checkbox", checked, onchange });
    return { element: make("label", { className: "demo-row" }, input, text), input };
  }

  // A labelled slider; `words` turns its value into what is read out and shown beside it.
  function slider(text, { min, max, step, value, words }, oninput) {
    const shown = make("span", { className: "demo-value" });
    const input = make("input", { type: "range", min, max, step, value });
    const update = () => {
      shown.textContent = words(Number(input.value));
      input.setAttribute("aria-valuetext", shown.textContent);
    };
    input.addEventListener("input", () => { update(); oninput(); });
    update();
    return { element: make("label", { className: "demo-row" }, text, input, shown), input };
  }

  function paint(context, pixels, left = 0, top = 0) {
    const grey = context.createImageData(SIDE, SIDE);
    for (let i = 0; i < PIXELS; i++) {
      const value = Math.round(255 * Math.min(1, Math.max(0, pixels[i])));
      grey.data.set([value, value, value, 255], 4 * i);
    }
    context.putImageData(grey, left, top);
  }

  // Grey images in rows, under one caption. `show` takes the images and a description.
  function pictures(title, columns = 1, rows = 1) {
    const canvas = make("canvas", { width: SIDE * columns, height: SIDE * rows,
      className: "demo-pixels", attributes: { role: "img", "aria-label": title } });
    const caption = make("div", { className: "demo-caption", textContent: title });
    const context = canvas.getContext("2d");
    const show = (images, description, text = title) => {
      images.forEach((pixels, place) => paint(
        context, pixels, SIDE * (place % columns), SIDE * Math.floor(place / columns)));
      canvas.setAttribute("aria-label", description);
      caption.textContent = text;
    };
    return { element: make("div", { className: columns > 1 ? "demo-strip" : "demo-picture" },
      canvas, caption), show };
  }

  // A canvas that is drawn twice as fine as it is laid out, and again when the theme changes.
  function chart(width, height, draw, attributes) {
    const canvas = make("canvas", { width: 2 * width, height: 2 * height, className: "demo-chart",
      attributes });
    const redraw = () => {
      const context = canvas.getContext("2d");
      const style = getComputedStyle(canvas);
      context.setTransform(2, 0, 0, 2, 0, 0);
      context.clearRect(0, 0, width, height);
      context.font = `12px ${style.fontFamily}`;
      draw(context, (name) => style.getPropertyValue(`--demo-${name}`).trim());
    };
    redraws.push(redraw);
    return { canvas, redraw };
  }

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  // Calls move(column, row, isStart), in parts of the canvas from 0 to 1, while a pointer is down.
  function onPointer(canvas, move) {
    const place = (event, isStart) => {
      const box = canvas.getBoundingClientRect();
      move((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, isStart);
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      place(event, true);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) place(event, false);
    });
  }

  // Calls arrow(right, down, isLarge) and choose(digit), and whatever `others` has under a key.
  function onKeys(canvas, arrow, choose, others = {}) {
    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key in ARROWS) arrow(...ARROWS[event.key], event.shiftKey);
      else if (/^[0-9]$/.test(event.key)) choose(Number(event.key));
      else if (event.key in others) others[event.key]();
      else return;
      event.preventDefault(); // only for the keys that are used here
    });
  }

  // A plane of codes, each drawn as its digit, with a cross that pointer and arrow keys move. It
  // shows what lies within `reach` of `centre`, a pair of numbers each.
  function codeMap({ label, centre = [0, 0], reach, labels, circles = [], move }) {
    const SIZE = 320;
    const state = { z: [...centre], codes: new Float32Array() };
    const toPlace = ([one, two]) => [
      SIZE * (1 + (one - centre[0]) / reach[0]) / 2, SIZE * (1 - (two - centre[1]) / reach[1]) / 2];
    const drawCloud = (context, colour) => {
      context.textAlign = "center";
      context.textBaseline = "middle";
      for (let i = 0; i < state.codes.length / 2; i++) {
        context.fillStyle = colour(`digit-${labels[i]}`);
        context.fillText(labels[i], ...toPlace(state.codes.subarray(2 * i, 2 * i + 2)));
      }
      for (const radius of circles) {
        for (const [width, ink, dashes] of [[5, "ground", []], [1.5, "ink", [5, 4]]]) {
          context.strokeStyle = colour(ink);
          context.lineWidth = width;
          context.setLineDash(dashes);
          context.beginPath();
          context.arc(...toPlace([0, 0]), SIZE * radius / (2 * reach[0]), 0, 2 * Math.PI);
          context.stroke();
        }
      }
      context.setLineDash([]);
    };
    // The cloud is drawn once and copied at every move: hundreds of letters take too long.
    const cloud = chart(SIZE, SIZE, drawCloud, {});
    const { canvas, redraw } = chart(SIZE, SIZE, (context, colour) => {
      context.drawImage(cloud.canvas, 0, 0, SIZE, SIZE);
      const [left, top] = toPlace(state.z);
      for (const [width, ink] of [[5, "ground"], [2, "ink"]]) {
        context.strokeStyle = colour(ink);
        context.lineWidth = width;
        context.beginPath();
        context.arc(left, top, 8, 0, 2 * Math.PI);
        context.moveTo(left - 14, top);
        context.lineTo(left + 14, top);
        context.moveTo(left, top - 14);
        context.lineTo(left, top + 14);
        context.stroke();
      }
    }, { role: "application", tabindex: "0", "aria-label": label });
    const holder = make("div", { className: "demo-map" }, canvas);
    const moveTo = (...wanted) => {
      state.z = wanted.map((value, axis) => Math.min(
        centre[axis] + reach[axis], Math.max(centre[axis] - reach[axis], value)));
      redraw();
      move(state.z);
    };
    // Goes to the code of the first digit of this kind that lies on the map.
    const choose = (digit) => {
      const code = (place) => state.codes.subarray(2 * place, 2 * place + 2);
      const place = labels.findIndex((label, other) => label === digit
        && code(other).every((value, axis) => Math.abs(value - centre[axis]) < reach[axis]));
      moveTo(...code(place));
    };
    onPointer(canvas, (column, row) => moveTo(
      centre[0] + (2 * column - 1) * reach[0], centre[1] + (1 - 2 * row) * reach[1]));
    onKeys(canvas, (right, down, isLarge) => {
      const part = isLarge ? 0.1 : 0.025;
      moveTo(state.z[0] + right * part * reach[0], state.z[1] - down * part * reach[1]);
    }, choose);
    const setCodes = (codes) => {
      state.codes = codes;
      canvas.before(cloud.canvas); // in the page, so that it has the page's colours
      cloud.canvas.hidden = true;
      cloud.redraw();
      redraw();
    };
    return { element: holder, choose, setCodes };
  }

  // A sheet of 28 × 28 pixels to draw on: pointer, finger, or arrow keys and the space bar.
  function drawingPad(changed, choose) {
    const ZOOM = 8;
    const pixels = new Float32Array(PIXELS);
    const pen = { at: [14, 14], isDown: false };
    const small = make("canvas", { width: SIDE, height: SIDE });
    const { canvas, redraw } = chart(SIDE * ZOOM, SIDE * ZOOM, (context) => {
      paint(small.getContext("2d"), pixels);
      context.imageSmoothingEnabled = false;
      context.drawImage(small, 0, 0, SIDE * ZOOM, SIDE * ZOOM);
      context.strokeStyle = "#8a8a8a"; // on black in both themes
      context.setLineDash([2, 4]);
      context.strokeRect(4 * ZOOM, 4 * ZOOM, 20 * ZOOM, 20 * ZOOM);
      context.setLineDash([]);
      if (document.activeElement !== canvas) return;
      context.strokeStyle = pen.isDown ? "#ffb000" : "#56b4e9";
      context.lineWidth = 2;
      context.strokeRect((pen.at[0] - 1) * ZOOM, (pen.at[1] - 1) * ZOOM, 2 * ZOOM, 2 * ZOOM);
    }, { role: "application", tabindex: "0", "aria-label":
      "Sheet to draw on. Arrow keys move the pen, with Shift further; space lowers or lifts it; "
      + "Delete clears; 0 to 9 show a test digit." });
    const hint = make("p", { className: "demo-hint", attributes: { role: "status" }, textContent:
      "Draw, or use arrow keys; space lowers the pen." });

    // Ink around the line from the last place of the pen to the new one, soft at its edges.
    const ink = ([fromX, fromY], [toX, toY]) => {
      const length = (toX - fromX) ** 2 + (toY - fromY) ** 2;
      for (let i = 0; i < PIXELS; i++) {
        const x = i % SIDE + 0.5, y = Math.floor(i / SIDE) + 0.5;
        const along = length === 0 ? 0 : Math.min(1, Math.max(0,
          ((x - fromX) * (toX - fromX) + (y - fromY) * (toY - fromY)) / length));
        const distance = Math.hypot(
          x - fromX - along * (toX - fromX), y - fromY - along * (toY - fromY));
        pixels[i] = Math.max(pixels[i], Math.min(1, Math.max(0, 1.7 - distance)));
      }
    };
    canvas.addEventListener("focus", redraw);
    canvas.addEventListener("blur", redraw);
    const update = () => { redraw(); changed(pixels); };
    const show = (image) => { pixels.set(image); update(); };
    const clear = () => show(new Float32Array(PIXELS));
    const lower = (isDown) => {
      pen.isDown = isDown;
      hint.textContent = isDown ? "The pen is down." : "The pen is up.";
    };
    onPointer(canvas, (column, row, isStart) => {
      const place = [column * SIDE, row * SIDE];
      ink(isStart ? place : pen.at, place);
      pen.at = place;
      update();
    });
    onKeys(canvas, (right, down, isLarge) => {
      const inside = (value) => Math.min(SIDE - 1, Math.max(1, Math.round(value)));
      const step = isLarge ? 4 : 1;
      const place = [inside(pen.at[0] + right * step), inside(pen.at[1] + down * step)];
      if (pen.isDown) ink(pen.at, place);
      pen.at = place;
      update();
    }, choose, {
      " ": () => {
        lower(!pen.isDown);
        if (pen.isDown) ink(pen.at, pen.at);
        update();
      },
      Delete: clear,
      Backspace: clear,
    });
    return { element: make("div", { className: "demo-pad" }, canvas, hint), show, clear };
  }

  // ---- Start

  const latest = {}; // what each demo computed last, for tests and for the console

  document.addEventListener("DOMContentLoaded", () => {
    const near = new IntersectionObserver((entries) => {
      for (const entry of entries.filter((found) => found.isIntersecting)) {
        near.unobserve(entry.target);
        start(entry.target);
      }
    }, { rootMargin: "300px" });
    document.querySelectorAll("figure.demo").forEach((figure) => near.observe(figure));
    new MutationObserver(() => redraws.forEach((redraw) => redraw()))
      .observe(document.documentElement, { attributeFilter: ["data-theme"] });
  });

  return {
    define: (name, build) => definitions.set(name, build),
    store, latest, run, pcaReconstruction, squaredError, image, centred, randomNumbers, write,
    make, statusLine, button, buttonRow, digitButtons, checkbox, slider, pictures, chart, codeMap,
    drawingPad, SIDE, PIXELS,
  };
})();
