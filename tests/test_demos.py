"""The live models: light files, rounded weights, and in a browser the answers that Keras gives."""

import base64
import gzip
import io
import re
from types import SimpleNamespace

import numpy as np
import PIL.Image
import pytest
from docutils.parsers.rst import DirectiveError
from scipy.ndimage import median_filter

import ae_utils
from _ext import book_demos, book_pages
from tools import demo_files, site
from tools.notebooks import ROOT

FOLDER = ROOT / book_demos.FOLDER
LARGEST_DEMO = 300_000
LARGEST_TOTAL = 1_500_000
LARGEST_PICTURE = 60_000
CLOSE = 1e-4
PAGE = "pages/demos.html"


# ---- Files


def compressed(file):
    return len(gzip.compress((FOLDER / file).read_bytes(), mtime=0))


@pytest.mark.parametrize("name", book_demos.DATA)
def test_a_demo_is_light(name):
    files = [*book_pages.DEMO_FILES, *book_demos.files_of(name)]
    assert sum(map(compressed, files)) <= LARGEST_DEMO
    assert (FOLDER / f"{name}.png").stat().st_size <= LARGEST_PICTURE


def test_all_files_together_are_light_and_each_is_used():
    paths = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in paths) <= LARGEST_TOTAL
    used = set(book_pages.DEMO_FILES)
    for name in book_demos.DATA:
        used |= {f"{name}.png", *book_demos.files_of(name)}
    assert {str(path.relative_to(FOLDER)) for path in paths} == used


def test_the_page_shows_every_demo():
    text = (ROOT / "pages" / "demos.md").read_text(encoding="utf-8")
    assert re.findall(r"^:::\{demo\} (\S+)$", text, re.MULTILINE) == [*book_demos.DATA]


def test_a_matrix_is_rounded_to_the_nearest_step_of_its_column(tmp_path):
    generator = np.random.default_rng(0)
    weights = generator.standard_normal((30, 4)).astype("float32") * [1, 10, 0, 0.01]
    stored = demo_files.matrix(weights.astype("float32"))
    demo_files.write("x", arrays={"weights": stored}, folder=tmp_path)
    again = demo_files.values(demo_files.read("x", tmp_path)["arrays"]["weights"])
    half_step = np.abs(weights).max(axis=0) / 127 / 2
    assert np.all(np.abs(again - weights) <= half_step * 1.001)
    assert len(np.unique(again[:, 1])) > 20
    assert np.all(again[:, 2] == 0)


def test_images_are_rounded_to_bytes_and_plain_numbers_are_kept():
    images = np.array([[-0.2, 0.0, 0.5, 1.0, 1.3]])
    assert demo_files.values(demo_files.pixels(images)).tolist() == [
        pytest.approx([0, 0, 128 / 255, 1, 1])
    ]
    numbers = np.array([[1.5, -2.25]], "float32")
    assert np.array_equal(demo_files.values(demo_files.plain(numbers)), numbers)


def test_a_file_that_the_tool_did_not_write_is_refused(tmp_path):
    (tmp_path / "x.js").write_text("alert(1);\n")
    with pytest.raises(ValueError, match="not written by"):
        demo_files.read("x", tmp_path)


NETWORKS = {
    "two-numbers": {"decoder": (2, 784)},
    "digits": {"encoder": (784, 16), "decoder": (16, 784)},
    "denoise": {"encoder": (784, 128), "decoder": (128, 784)},
    "variational": {f"decoder_{place}": (2, 784) for place in range(3)},
}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_stored_networks_fit_together(name):
    networks = demo_files.read(name)["networks"]
    assert networks.keys() == NETWORKS[name].keys()
    for part, (inputs, outputs) in NETWORKS[name].items():
        width = inputs
        for layer in networks[part]:
            kernel, bias = (demo_files.values(layer[key]) for key in ("kernel", "bias"))
            assert kernel.shape == (width, len(bias))
            assert np.all(np.isfinite(kernel)) and kernel.std() > 0
            width = len(bias)
        assert width == outputs
        if outputs == 784:
            assert networks[part][-1]["activation"] == "sigmoid"


def images_of(name):
    images = demo_files.values(demo_files.read("samples")["arrays"][name])
    return images.reshape(len(images), -1)


def answer(name, x):
    """Return the reconstruction by a stored autoencoder."""
    networks = demo_files.read(name)["networks"]
    return demo_files.run(networks["decoder"], demo_files.run(networks["encoder"], x))


def test_the_numbers_beside_the_weights_are_those_of_the_weights():
    stored = demo_files.read("digits")
    data = ae_utils.load_mnist(verbose=False)

    def errors_of(images):
        x = images.reshape(-1, 784)
        return np.sum((x - answer("digits", x)) ** 2, axis=1)

    numbers = stored["numbers"]
    validation, test = errors_of(data.validation_images), errors_of(data.test_images)
    assert numbers["threshold"] == pytest.approx(np.quantile(validation, 0.99), rel=1e-4)
    assert numbers["false_alarms"] == pytest.approx(np.mean(test > numbers["threshold"]), abs=1e-3)
    assert numbers["test_error"] == pytest.approx(test.mean(), rel=1e-4)
    assert numbers["test_error"] < 0.7 * numbers["pca_test_error"]
    shares = demo_files.values(stored["arrays"]["histogram"])
    assert shares.sum() == pytest.approx(1, abs=0.01)
    firsts = [int(np.argmax(data.test_labels == digit)) for digit in range(10)]
    assert np.allclose(images_of("digits"), data.test_images[firsts].reshape(10, 784), atol=1e-6)


def test_what_the_page_says_of_strange_images_holds():
    threshold = demo_files.read("digits")["numbers"]["threshold"]
    clothes = dict(zip(("pullover", "trousers", "sandal"), images_of("clothes"), strict=True))
    clothes["blank page"] = np.zeros(784)
    x = np.stack(list(clothes.values()))
    errors = np.sum((x - answer("digits", x)) ** 2, axis=1)
    assert (errors > threshold).tolist() == [True, True, False, False]


def test_what_the_page_says_of_noise_holds():
    x = images_of("digits")
    generator = np.random.default_rng(0)
    coins = generator.random(x.shape)
    own = np.clip(x + 0.4 * generator.standard_normal(x.shape), 0, 1)
    salt = np.where(coins < 0.05, 0, np.where(coins > 0.95, 1, x))

    def ahead(noisy):
        """By how much the network's error is below the filter's, as a share of the filter's."""
        median = median_filter(noisy.reshape(-1, 28, 28), size=(1, 3, 3), mode="nearest")
        filtered = np.sum((x - median.reshape(x.shape)) ** 2)
        return 1 - np.sum((x - answer("denoise", noisy)) ** 2) / filtered

    assert ahead(own) > 0.3
    assert ahead(salt) < -0.2
    assert np.sum((x - answer("denoise", x)) ** 2, axis=1).min() > 1


def test_what_the_page_says_of_code_sizes_holds():
    numbers = demo_files.read("code-size")["numbers"]
    ratios = np.divide(numbers["pca_errors"], numbers["errors"])
    assert ratios[:2].max() < 1.3
    assert ratios[3:].min() > 1.7 and ratios[3:].max() < 2.5


def directive(name, **options):
    machine = SimpleNamespace(reporter=None)
    return book_demos.Demo("demo", [name], options, [], 1, 0, "", None, machine)


def test_an_unknown_demo_and_a_missing_description_are_errors():
    with pytest.raises(DirectiveError) as unknown:
        directive("nothing", alt="A picture with a long description.").run()
    assert "no demo 'nothing'" in str(unknown.value.msg)
    with pytest.raises(DirectiveError) as undescribed:
        directive("draw", alt="A two.").run()
    assert ":alt:" in str(undescribed.value.msg)


# ---- In a browser


@pytest.fixture(scope="module")
def address():
    """The page of the built site, as a file."""
    site.main([])
    return (site.INDEX.parent / PAGE).as_uri()


def test_only_the_page_with_demos_loads_their_shared_files(address):
    for path in site.INDEX.parent.rglob("*.html"):
        found = re.findall(r'(?:src|href)="[^"]*_static/demos/([^"?]+)', path.read_text("utf-8"))
        loaded = [file for file in found if not file.endswith(".png")]
        assert sorted(loaded) == (sorted(book_pages.DEMO_FILES) if path.match(PAGE) else []), path


class Visit:
    """A page opened from its file, and what went wrong in it."""

    def __init__(self, chromium, address, blocked=None, **options):
        self.context = chromium.new_context(**options)
        self.page = self.context.new_page()
        self.problems, self.requests = [], []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on(
            "console",
            lambda message: self.problems.append(message.text) if message.type == "error" else None,
        )
        self.page.on("request", lambda request: self.requests.append(request.url))
        if blocked:
            self.page.route(blocked, lambda route: route.abort())
        self.page.goto(address)

    def demo(self, name):
        """Scroll to a demo, wait until it answers, and return its place in the page."""
        figure = self.page.locator(f'figure[data-demo="{name}"]')
        figure.scroll_into_view_if_needed()
        self.page.locator(f'figure.demo-ready[data-demo="{name}"]').wait_for()
        return figure

    def latest(self, name, key):
        """Return what a demo computed last: numbers as an array."""
        return np.array(
            self.page.evaluate(
                """([name, key]) => {
                    const value = bookDemos.latest[name][key];
                    const plain = (part) =>
                        typeof part === "object" ? Array.from(part, plain) : part;
                    return plain(value);
                }""",
                [name, key],
            )
        )


@pytest.fixture(scope="module")
def visit(chromium, address):
    visit = Visit(chromium, address, viewport={"width": 1280, "height": 900})
    yield visit
    visit.context.close()


def keras_answer(layers, x):
    """Return what Keras answers with the rounded weights."""
    import keras

    model = keras.Sequential([keras.Input(shape=(np.shape(x)[-1],))])
    for layer in layers:
        kernel, bias = (demo_files.values(layer[key]) for key in ("kernel", "bias"))
        dense = keras.layers.Dense(len(bias), activation=layer["activation"])
        model.add(dense)
        dense.set_weights([kernel, bias])
    return np.asarray(model(np.atleast_2d(x).astype("float32")))


def drag(page, canvas, *places):
    """Press at the first place, in parts of the canvas, move over the others, and release."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    for number, (across, down) in enumerate(places):
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"], steps=4)
        if number == 0:
            page.mouse.down()
    page.mouse.up()


def focus(figure):
    """Focus the canvas that takes keys, and return it."""
    canvas = figure.locator("canvas[tabindex]")
    canvas.focus()
    return canvas


def shown(canvas, place=(0, 0)):
    """Return the grey values, in [0, 1], of the image at a place of a small canvas."""
    text = canvas.evaluate("canvas => canvas.toDataURL()")
    picture = np.asarray(PIL.Image.open(io.BytesIO(base64.b64decode(text.split(",")[1]))))
    top, left = 28 * place[0], 28 * place[1]
    return picture[top : top + 28, left : left + 28, 0].reshape(-1) / 255


def test_a_demo_is_loaded_only_when_a_reader_comes_near(chromium, address):
    fresh = Visit(chromium, address, viewport={"width": 1280, "height": 600})
    fresh.page.wait_for_timeout(500)
    assert not any("digits.js" in url or "anomaly.js" in url for url in fresh.requests)
    fresh.demo("anomaly")
    assert any("anomaly.js" in url for url in fresh.requests)
    fresh.context.close()


def test_two_numbers_answer_to_pointer_and_keys_as_keras_does(visit):
    figure = visit.demo("two-numbers")
    stored = demo_files.read("two-numbers")
    canvas = focus(figure)
    centre, reach = (np.array(stored["numbers"][key]) for key in ("centre", "reach"))
    drag(visit.page, canvas, (0.5, 0.5), (0.75, 0.25))
    z = visit.latest("two-numbers", "z")
    assert np.allclose(z, centre + [0.5, 0.5] * reach, atol=0.02 * reach.max())
    drawn = visit.latest("two-numbers", "drawn")
    assert np.abs(drawn - keras_answer(stored["networks"]["decoder"], z)[0]).max() < CLOSE
    assert np.abs(shown(figure.locator(".demo-pixels")) - drawn).max() <= 0.5 / 255 + 1e-6
    canvas.press("ArrowLeft")
    canvas.press("Shift+ArrowUp")
    moved = visit.latest("two-numbers", "z")
    assert np.allclose(moved, z + reach * [-0.025, 0.1], atol=1e-4)
    canvas.press("7")
    codes, labels = (demo_files.values(stored["arrays"][key]) for key in ("codes", "labels"))
    on_map = np.all(np.abs(codes - centre) < reach, axis=1)
    wanted = codes[(labels == 7) & on_map][0]
    assert np.allclose(visit.latest("two-numbers", "z"), wanted, atol=1e-4)
    visit.page.wait_for_timeout(400)
    assert re.search(
        r"nearest test digits \d+ are a 7", figure.locator(".demo-status").inner_text()
    )


# Moves the first control of a demo to and fro, a pen lowered where there is one, and times what its
# scripts do at each step.
_UPDATE_TIMES = """(figure) => {
    const control = figure.querySelector("canvas[tabindex], input[type=range]");
    const press = (key) =>
        control.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    const slide = (step) => {
        control.stepUp(step);
        control.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const isCanvas = control instanceof HTMLCanvasElement;
    if (isCanvas) press(" ");
    const times = Array.from({ length: 20 }, (_, number) => {
        const before = bookDemos.latest[figure.dataset.demo];
        const start = performance.now();
        if (isCanvas) press(number % 2 ? "ArrowLeft" : "ArrowRight");
        else slide(number % 2 ? -1 : 1);
        const time = performance.now() - start;
        if (bookDemos.latest[figure.dataset.demo] === before) throw Error("nothing was computed");
        return time;
    });
    if (isCanvas) press(" ");
    return times;
}"""


@pytest.mark.parametrize("name", book_demos.DATA)
def test_an_update_takes_no_longer_than_half_a_frame(visit, name):
    milliseconds = visit.demo(name).evaluate(_UPDATE_TIMES)
    # Not the slowest: beside other tests any single step may have to wait.
    assert np.median(milliseconds) <= 8, milliseconds


def test_a_drawing_by_pointer_and_by_keys_is_reconstructed_as_by_keras_and_pca(visit):
    figure = visit.demo("draw")
    networks, pca = demo_files.read("digits")["networks"], demo_files.read("pca")["arrays"]
    canvas = focus(figure)
    for how in ("pointer", "keys"):
        canvas.press("Delete")
        assert visit.latest("draw", "x").sum() == 0
        if how == "pointer":
            drag(visit.page, canvas, (0.3, 0.3), (0.7, 0.3), (0.5, 0.8))
        else:
            canvas.press("Space")
            for key in ("ArrowDown", "ArrowDown", "Shift+ArrowRight", "ArrowUp"):
                canvas.press(key)
            canvas.press("Space")
        x = visit.latest("draw", "x")
        assert 5 < x.sum() < 150
        z = keras_answer(networks["encoder"], x)
        assert np.abs(visit.latest("draw", "z") - z).max() < CLOSE * max(1, np.abs(z).max())
        network = visit.latest("draw", "network")
        assert np.abs(network - keras_answer(networks["decoder"], z)[0]).max() < CLOSE
        plane = demo_files.pca_reconstruction(pca, x[np.newaxis], z.shape[1])[0]
        assert np.abs(visit.latest("draw", "plane") - plane).max() < CLOSE
        errors = [np.sum((x - network) ** 2), np.sum((x - plane) ** 2)]
        assert visit.latest("draw", "errors") == pytest.approx(errors, rel=1e-3)


def test_a_lifted_pen_leaves_no_ink_and_a_test_digit_is_not_moved(visit):
    figure = visit.demo("draw")
    canvas = focus(figure)
    canvas.press("Delete")
    canvas.press("ArrowDown")
    assert visit.latest("draw", "x").sum() == 0
    digits = images_of("digits")
    for digit in range(10):
        canvas.press(str(digit))
        assert np.allclose(visit.latest("draw", "x"), digits[digit], atol=1e-6), digit


def test_centring_moves_a_drawing_to_the_middle_and_can_be_switched_off(visit):
    figure = visit.demo("draw")
    canvas = focus(figure)
    centre = figure.get_by_role("checkbox")
    middles = {}
    for is_centred in (True, False):
        centre.set_checked(is_centred)
        canvas.press("Delete")
        drag(visit.page, canvas, (0.1, 0.1), (0.3, 0.1))
        x = visit.latest("draw", "x").reshape(28, 28)
        middles[is_centred] = (
            x.sum(axis=0) @ np.arange(28) / x.sum(),
            x.sum(axis=1) @ np.arange(28) / x.sum(),
        )
    centre.set_checked(True)
    assert middles[True] == pytest.approx((14, 14), abs=0.51)
    assert max(middles[False]) < 8


def test_clothes_raise_the_alarm_and_a_digit_does_not(visit):
    figure = visit.demo("anomaly")
    stored = demo_files.read("digits")
    for button, is_alarm in (("pullover", True), ("test digit 8", False), ("blank", False)):
        figure.get_by_role("button", name=button, exact=True).click()
        x = visit.latest("anomaly", "x")
        z = keras_answer(stored["networks"]["encoder"], x)
        x_hat = keras_answer(stored["networks"]["decoder"], z)[0]
        assert np.abs(visit.latest("anomaly", "network") - x_hat).max() < CLOSE
        score = float(visit.latest("anomaly", "score"))
        assert score == pytest.approx(np.sum((x - x_hat) ** 2), rel=1e-3)
        assert (
            visit.latest("anomaly", "isAlarm")
            == is_alarm
            == (score > stored["numbers"]["threshold"])
        )
        visit.page.wait_for_timeout(400)
        words = figure.locator(".demo-status").inner_text()
        assert ("no alarm" not in words) == is_alarm
        assert f"threshold {stored['numbers']['threshold']:.1f}" in words


def test_noise_of_each_kind_is_answered_as_by_keras_and_by_the_median_of_scipy(visit):
    figure = visit.demo("denoise")
    networks = demo_files.read("denoise")["networks"]
    for kind in ("Gaussian", "salt and pepper", "masking"):
        figure.get_by_role("combobox").select_option(kind)
        strength = figure.get_by_role("slider")
        strength.press("Home")
        x, dirty = (visit.latest("denoise", key) for key in ("x", "dirty"))
        assert np.allclose(dirty, x, atol=1e-6)
        for _ in range(6):
            strength.press("ArrowRight")
        dirty = visit.latest("denoise", "dirty")
        assert dirty.min() >= 0 and dirty.max() <= 1 and np.abs(dirty - x).max() > 0.2
        x_hat = keras_answer(networks["decoder"], keras_answer(networks["encoder"], dirty))[0]
        assert np.abs(visit.latest("denoise", "network") - x_hat).max() < CLOSE
        median = median_filter(dirty.reshape(28, 28), size=3, mode="nearest").reshape(-1)
        assert np.abs(visit.latest("denoise", "median") - median).max() < 1e-6
    figure.get_by_role("button", name="other noise").click()
    assert not np.allclose(visit.latest("denoise", "dirty"), dirty)


def test_random_numbers_have_the_mean_and_spread_that_they_should(visit):
    visit.demo("denoise")
    normal, uniform = visit.page.evaluate(
        """() => {
            const { normal, uniform } = bookDemos.randomNumbers(1);
            return [normal, uniform].map((draw) => Array.from({ length: 20000 }, draw));
        }"""
    )
    assert np.mean(normal) == pytest.approx(0, abs=0.03)
    assert np.std(normal) == pytest.approx(1, abs=0.03)
    assert np.mean(uniform) == pytest.approx(0.5, abs=0.01)
    assert min(uniform) >= 0 and max(uniform) < 1


def test_each_beta_has_its_own_cloud_and_its_own_decoder(visit):
    figure = visit.demo("variational")
    stored = demo_files.read("variational")
    for place, model in enumerate(stored["numbers"]["models"]):
        figure.get_by_role("radio", name=f"{model['beta']:g}", exact=True).check()
        canvas = focus(figure)
        drag(visit.page, canvas, (0.6, 0.4))
        canvas.press("ArrowRight")
        z = visit.latest("variational", "z")
        x_hat = keras_answer(stored["networks"][f"decoder_{place}"], z)[0]
        assert np.abs(visit.latest("variational", "drawn") - x_hat).max() < CLOSE
        means = demo_files.values(stored["arrays"][f"means_{place}"]).reshape(-1)
        spreads = demo_files.values(stored["arrays"][f"spreads_{place}"]).reshape(-1)
        figure.get_by_role("checkbox").uncheck()
        assert np.allclose(visit.latest("variational", "codes"), means, atol=1e-5)
        figure.get_by_role("checkbox").check()
        draws = (visit.latest("variational", "codes") - means) / spreads
        assert draws.std() == pytest.approx(1, abs=0.1)


def test_the_slider_shows_stored_reconstructions_beside_pca_of_the_same_size(visit):
    figure = visit.demo("code-size")
    stored = demo_files.read("code-size")
    pca = demo_files.read("pca")["arrays"]
    digits = images_of("digits")
    by_network = demo_files.values(stored["arrays"]["reconstructions"]).reshape(-1, 10, 784)
    slider = figure.get_by_role("slider")
    slider.press("Home")
    for place, size in enumerate(stored["numbers"]["sizes"]):
        assert slider.get_attribute("aria-valuetext") == str(size)
        assert np.abs(visit.latest("code-size", "network") - by_network[place]).max() < 1e-6
        plane = demo_files.pca_reconstruction(pca, digits, size)
        assert np.abs(visit.latest("code-size", "plane") - plane).max() < CLOSE
        slider.press("ArrowRight")


def test_nothing_went_wrong_and_nothing_came_from_elsewhere(visit):
    for name in book_demos.DATA:
        visit.demo(name)
    assert visit.problems == []
    assert [url for url in visit.requests if not url.startswith(("file:", "data:"))] == []


def test_a_finger_moves_the_point_on_a_narrow_screen_and_nothing_sticks_out(chromium, address):
    size = {"width": 360, "height": 740}
    phone = Visit(chromium, address, viewport=size, has_touch=True, color_scheme="dark")
    for name in book_demos.DATA:
        figure = phone.demo(name)
        assert figure.evaluate("figure => figure.scrollWidth <= figure.clientWidth"), name
        for control in figure.locator("button, input, select").all():
            box = control.bounding_box()
            assert box["width"] >= 24 and box["height"] >= 24, name
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    canvas = focus(phone.demo("two-numbers"))
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    before = phone.latest("two-numbers", "z")
    phone.page.touchscreen.tap(box["x"] + 0.9 * box["width"], box["y"] + 0.5 * box["height"])
    assert not np.allclose(phone.latest("two-numbers", "z"), before)
    phone.context.close()


def test_without_scripts_the_picture_and_its_description_stay(chromium, address):
    plain = Visit(chromium, address, java_script_enabled=False)
    for name in book_demos.DATA:
        picture = plain.page.locator(f'figure[data-demo="{name}"] img')
        picture.scroll_into_view_if_needed()
        assert picture.is_visible() and len(picture.get_attribute("alt")) > 20
    plain.context.close()


def test_in_print_the_picture_stands_for_the_live_model(visit):
    figure = visit.demo("draw")
    visit.page.emulate_media(media="print")
    assert figure.locator("img").is_visible()
    assert not figure.locator(".demo-live").is_visible()
    visit.page.emulate_media(media="screen")
    assert not figure.locator("img").is_visible()


def test_when_a_file_is_missing_the_picture_stays_and_a_sentence_says_so(chromium, address):
    broken = Visit(chromium, address, blocked="**/denoise.js*")
    figure = broken.page.locator('figure[data-demo="denoise"]')
    figure.scroll_into_view_if_needed()
    figure.get_by_text("did not load").wait_for()
    assert figure.locator("img").is_visible()
    broken.context.close()
