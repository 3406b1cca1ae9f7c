// Draws the regions of a hotspot question on its picture. The form's own fields hold everything: what is drawn is written
// into them, what is typed into them is drawn.

const SVG = "http://www.w3.org/2000/svg";
const LENGTHS = { rect: (n) => n === 4, circle: (n) => n === 3, polygon: (n) => n >= 6 && n % 2 === 0 };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const HANDLE = 12; // pixels of the screen: half of what a finger hits

// --- geometry, without the page --------------------------------------------------------------

const pairs = (numbers) => numbers.flatMap((x, at) => (at % 2 ? [] : [[x, numbers[at + 1]]]));

function corners(shape, [x, y, a, b], numbers) {
  if (shape === "circle") return [[x + a, y]];
  if (shape === "rect") return [[x, y], [x + a, y], [x + a, y + b], [x, y + b]];
  return pairs(numbers);
}

function box(shape, numbers) {
  const [x, y, a] = numbers;
  const points = shape === "circle" ? [[x - a, y - a], [x + a, y + a]] : corners(shape, numbers, numbers);
  const xs = points.map((point) => point[0]), ys = points.map((point) => point[1]);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

const within = (value, low, high) => Math.max(low, Math.min(high, value));

// A region moved as a whole, but not out of the picture.
function moved(shape, numbers, dx, dy, { width, height }) {
  const [left, top, right, bottom] = box(shape, numbers);
  const x = within(dx, Math.min(0, -left), Math.max(0, width - right));
  const y = within(dy, Math.min(0, -top), Math.max(0, height - bottom));
  const placed = shape === "polygon" ? numbers.length : 2; // the others are lengths
  return numbers.map((number, at) => (at < placed ? number + (at % 2 ? y : x) : number));
}

function spanned([ax, ay], [bx, by]) {
  return [Math.min(ax, bx), Math.min(ay, by), Math.max(1, Math.abs(ax - bx)), Math.max(1, Math.abs(ay - by))];
}

function around([x, y], [px, py], { width, height }) {
  return [x, y, Math.max(1, Math.min(Math.hypot(px - x, py - y), x, y, width - x, height - y))];
}

// A region with one of its corners at a point of the picture.
function stretched(shape, numbers, index, point, size) {
  if (shape === "circle") return around(numbers, point, size);
  if (shape === "rect") return spanned(corners(shape, numbers)[(index + 2) % 4], point);
  return numbers.map((number, at) => (at >> 1 === index ? point[at % 2] : number));
}

// A region of the usual size around a point.
function usual(shape, [x, y], size) {
  const half = Math.min(size.width, size.height) / 8;
  const cx = within(x, half, size.width - half), cy = within(y, half, size.height - half);
  if (shape === "circle") return [cx, cy, half];
  if (shape === "rect") return [cx - half, cy - half, 2 * half, 2 * half];
  return [cx, cy - half, cx + half, cy + half, cx - half, cy + half];
}

// --- the form's rows -------------------------------------------------------------------------

class Row {
  constructor(coords) {
    this.id = coords.name.slice("coords_".length);
    this.coords = coords;
    this.shown = coords.closest("fieldset");
    this.title = this.shown.querySelector("legend").textContent.trim();
    this.number = this.title.match(/\p{Nd}+/u)?.[0] ?? "";
    const field = (name) => coords.form.elements[`${name}_${this.id}`];
    [this.shape, this.words, this.right, this.feedback] = ["shape", "text", "correct", "feedback"].map(field);
  }

  get numbers() {
    const text = this.coords.value.replace(/[\u0660-\u0669]/g, (digit) => digit.charCodeAt(0) - 0x660);
    return (text.match(/\d+(?:\.\d+)?/g) ?? []).map(Number);
  }

  get drawn() {
    return LENGTHS[this.shape.value](this.numbers.length);
  }

  get free() {
    return !this.coords.value.trim() && !this.words.value.trim() && !this.feedback.value.trim();
  }

  get state() {
    return [this.shape.value, this.coords.value, this.words.value, this.feedback.value, this.right.checked];
  }

  set state(values) {
    [this.shape.value, this.coords.value, this.words.value, this.feedback.value, this.right.checked] = values;
    this.coords.dispatchEvent(new Event("input", { bubbles: true }));
  }

  place(shape, numbers) {
    const [, , words, feedback, right] = this.state;
    this.state = [shape, numbers.map(Math.round).join(", "), words, feedback, right];
  }
}

// --- the drawing -----------------------------------------------------------------------------

class Regions {
  constructor(root) {
    this.root = root;
    this.said = root.dataset;
    this.svg = root.querySelector("svg");
    this.shapes = root.querySelector("[data-shapes]");
    this.rows = [...root.querySelectorAll('[name^="coords_"]')].map((coords) => new Row(coords));
    this.picture = root.closest("form").elements.picture;
    this.past = [];
    this.chosen = null;
    root.querySelector(".regions__tools").hidden = false;
    root.querySelector("#regions-help").hidden = false;
    root.addEventListener("input", () => this.draw());
    root.addEventListener("focusin", ({ target }) => this.choose(this.rowOf(target)));
    this.picture.addEventListener("change", () => this.load());
    for (const button of root.querySelectorAll("[data-draw]")) button.addEventListener("click", (event) => this.begin(event));
    for (const button of root.querySelectorAll("[data-act]")) button.addEventListener("click", () => this[button.dataset.act]());
    this.svg.addEventListener("pointerdown", (event) => this.down(event));
    this.svg.addEventListener("pointermove", (event) => this.move(event));
    this.svg.addEventListener("pointerup", (event) => this.up(event));
    this.svg.addEventListener("pointercancel", () => this.cancel());
    root.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.draw()).observe(this.svg);
    this.draw();
  }

  get size() {
    const { width, height } = this.svg.viewBox.baseVal;
    return { width, height };
  }

  // How many of the picture's pixels are one of the screen.
  get scale() {
    return 1 / (this.svg.getScreenCTM()?.a || 1);
  }

  rowOf(element) {
    const id = element.closest("[data-region]")?.dataset.region;
    return this.rows.find((row) => row.id === id || row.shown.contains(element)) ?? this.chosen;
  }

  at({ clientX, clientY }) {
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [within(x, 0, this.size.width), within(y, 0, this.size.height)];
  }

  say(words) {
    this.root.querySelector(".regions__said").textContent = words;
  }

  async load() {
    this.cancel();
    const answer = this.picture.value && (await fetch(`${this.said.pictureUrl}?id=${this.picture.value}`));
    const picture = answer && answer.ok ? await answer.json() : null;
    this.svg.toggleAttribute("hidden", !picture);
    this.root.querySelector(".regions__empty").hidden = Boolean(picture);
    if (picture) {
      this.svg.setAttribute("viewBox", `0 0 ${picture.width} ${picture.height}`);
      set(this.svg.querySelector("image"), { href: picture.url, width: picture.width, height: picture.height });
    }
    this.draw();
  }

  // --- what is seen

  draw() {
    const focus = this.shapes.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const free = this.rows.find((row) => row.free);
    for (const row of this.rows) {
      row.shown.closest("li").hidden = row.free && row !== free && !row.shown.querySelector(".error-message");
      row.shown.classList.toggle("is-chosen", row === this.chosen && !row.free);
    }
    const drawn = this.rows.filter((row) => row.drawn && row !== this.chosen);
    if (this.chosen?.drawn) drawn.push(this.chosen); // on top
    this.shapes.replaceChildren(...drawn.map((row) => this.region(row)));
    if (this.sketch) this.shapes.append(this.shape(this.sketch.shape, this.sketch.numbers, "regions__region is-chosen"));
    if (focus) this.shapes.querySelector(`[data-key="${focus}"]`)?.focus({ preventScroll: true });
    const there = !this.svg.hasAttribute("hidden");
    for (const button of this.root.querySelectorAll("[data-draw]")) {
      button.disabled = !there;
      button.setAttribute("aria-pressed", String(this.tool === button.dataset.draw));
    }
    const some = Boolean(this.chosen && !this.chosen.free);
    for (const name of ["words", "remove"]) this.root.querySelector(`[data-act=${name}]`).disabled = !some;
    this.root.querySelector("[data-act=undo]").disabled = !this.past.length;
    this.svg.classList.toggle("is-drawing", Boolean(this.tool));
  }

  region(row) {
    const { numbers } = row, shape = row.shape.value;
    const state = `regions__region${row.right.checked ? " is-right" : ""}${row === this.chosen ? " is-chosen" : ""}`;
    const group = this.shape(shape, numbers, state);
    const named = [row.title, row.words.value, row.shape.selectedOptions[0].text, row.coords.value].filter(Boolean);
    set(group, { tabindex: 0, role: "button", "aria-label": named.join(", "), "data-region": row.id, "data-key": row.id });
    const [left, top, right, bottom] = box(shape, numbers);
    const middle = shape === "polygon" ? [0, 1].map((axis) => mean(pairs(numbers).map((point) => point[axis]))) : [(left + right) / 2, (top + bottom) / 2];
    const sign = element("text", { x: middle[0], y: middle[1], "font-size": 18 * this.scale, "text-anchor": "middle", "dominant-baseline": "central" });
    sign.textContent = row.number;
    const whole = element("g", {});
    group.append(sign);
    whole.append(group);
    if (row === this.chosen) {
      corners(shape, numbers, numbers).forEach(([x, y], index) => {
        const handle = element("g", {
          tabindex: 0, role: "button", "aria-label": `${this.said.corner} ${index + 1}, ${Math.round(x)}, ${Math.round(y)}`,
          class: "regions__corner", "data-region": row.id, "data-corner": index, "data-key": `${row.id}:${index}`,
        });
        handle.append(element("circle", { cx: x, cy: y, r: HANDLE * this.scale, class: "regions__reach" }));
        handle.append(element("circle", { cx: x, cy: y, r: 6 * this.scale }));
        whole.append(handle);
      });
    }
    return whole;
  }

  shape(shape, numbers, state) {
    const [x, y, a, b] = numbers;
    const group = element("g", { class: state });
    for (const line of ["regions__halo", "regions__line"]) { // seen on every picture, light or dark
      if (shape === "rect") group.append(element("rect", { x, y, width: a, height: b, class: line }));
      else if (shape === "circle") group.append(element("circle", { cx: x, cy: y, r: a, class: line }));
      else group.append(element("polygon", { points: numbers.join(" "), class: line }));
    }
    return group;
  }

  choose(row) {
    if (row === this.chosen) return;
    this.chosen = row;
    this.draw();
  }

  // --- what is done

  remember() {
    this.past = [...this.past.slice(-49), this.rows.map((row) => row.state)];
  }

  undo() {
    this.past.pop()?.forEach((state, at) => { // what was typed meanwhile stays
      const row = this.rows[at];
      row.state = row.free ? state : [...state.slice(0, 2), ...row.state.slice(2)];
    });
    this.draw();
  }

  remove() {
    if (!this.chosen) return;
    this.remember();
    const row = this.chosen;
    this.chosen = null;
    row.state = ["rect", "", "", "", false];
    this.say(this.said.removed);
    this.svg.querySelector("[data-region]")?.focus({ preventScroll: true });
  }

  words() {
    this.chosen?.words.focus();
  }

  begin(event) {
    const shape = event.currentTarget.dataset.draw;
    const again = this.tool === shape;
    this.cancel();
    if (!this.rows.some((row) => row.free)) return this.say(this.said.full);
    if (again) return;
    if (!event.detail) return this.add(shape, usual(shape, [this.size.width / 2, this.size.height / 2], this.size)); // by key
    this.tool = shape;
    this.say(shape === "polygon" ? this.said.clickCorners : this.said.dragOn);
    this.draw();
  }

  add(shape, numbers) {
    const row = this.rows.find((some) => some.free);
    this.cancel();
    if (!row) return this.say(this.said.full);
    this.remember();
    this.chosen = row;
    row.place(shape, numbers);
    this.shapes.querySelector(`[data-key="${row.id}"]`)?.focus({ preventScroll: true });
  }

  change(row, numbers) {
    row.place(row.shape.value, numbers);
  }

  cancel() {
    this.tool = this.sketch = this.held = null;
    this.say("");
    this.draw();
  }

  // --- the pointer

  down(event) {
    if (event.button) return;
    const point = this.at(event);
    if (this.tool === "polygon") return; // its corners are clicks
    const target = event.target.closest("[data-region]");
    if (this.tool) this.held = { from: point };
    else if (target) {
      const row = this.rowOf(target), corner = target.dataset.corner;
      this.choose(row);
      this.held = { row, from: point, numbers: row.numbers, corner: corner === undefined ? null : Number(corner) };
      this.shapes.querySelector(`[data-key="${target.dataset.key}"]`)?.focus({ preventScroll: true });
    } else return this.choose(null);
    this.svg.setPointerCapture(event.pointerId);
    event.preventDefault();
  }

  move(event) {
    const point = this.at(event);
    if (this.tool === "polygon") {
      if (this.sketch) this.sketch.numbers = [...this.sketch.corners, ...point];
      return this.draw();
    }
    if (!this.held) return;
    const { from, row, numbers, corner } = this.held;
    if (!this.held.far && Math.hypot(point[0] - from[0], point[1] - from[1]) < 4 * this.scale) return;
    if (!this.held.far && row) this.remember();
    this.held.far = true;
    if (this.tool) {
      this.sketch = { shape: this.tool, numbers: this.tool === "rect" ? spanned(from, point) : around(from, point, this.size) };
      this.draw();
    } else if (corner === null) {
      this.change(row, moved(row.shape.value, numbers, point[0] - from[0], point[1] - from[1], this.size));
    } else this.change(row, stretched(row.shape.value, numbers, corner, point, this.size));
  }

  up(event) {
    if (event.button) return;
    const point = this.at(event);
    if (this.tool === "polygon") return this.corner(point);
    if (this.tool && this.held) this.add(this.tool, this.sketch ? this.sketch.numbers : usual(this.tool, point, this.size));
    this.held = null;
  }

  corner(point) {
    const before = this.sketch?.corners ?? [];
    const near = ([x, y]) => Math.hypot(x - point[0], y - point[1]) < HANDLE * this.scale;
    if (before.length >= 6 && (near(before) || near(before.slice(-2)))) return this.add("polygon", before);
    if (before.length && near(before.slice(-2))) return;
    this.sketch = { shape: "polygon", corners: [...before, ...point], numbers: [...before, ...point, ...point] };
    this.draw();
  }

  // --- the keyboard

  key(event) {
    if (event.key === "Escape" && this.tool) return this.stop(event, () => this.cancel());
    if (event.key === "Enter" && this.sketch?.corners?.length >= 6) return this.stop(event, () => this.add("polygon", this.sketch.corners));
    const target = event.target.closest("svg [data-region]");
    if (!target) return;
    if (event.key === "z" && (event.ctrlKey || event.metaKey)) return this.stop(event, () => this.undo());
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = this.rowOf(target);
    if (ARROWS[event.key]) return this.stop(event, () => this.nudge(row, target.dataset.corner, ARROWS[event.key]));
    if (event.key === "Enter" || event.key === " ") return this.stop(event, () => this.words());
    if (event.key === "Delete" || event.key === "Backspace") this.stop(event, () => this.remove());
  }

  stop(event, act) {
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  nudge(row, corner, [dx, dy]) {
    const step = Math.max(1, Math.round(this.size.width / 100));
    const { numbers } = row, shape = row.shape.value;
    this.remember();
    if (corner === undefined) return this.change(row, moved(shape, numbers, dx * step, dy * step, this.size));
    const [x, y] = corners(shape, numbers, numbers)[Number(corner)];
    const point = [within(x + dx * step, 0, this.size.width), within(y + dy * step, 0, this.size.height)];
    // a circle grows upwards and to the right
    if (shape === "circle") return this.change(row, around(numbers, [numbers[0] + numbers[2] + (dx - dy) * step, numbers[1]], this.size));
    this.change(row, stretched(shape, numbers, Number(corner), point, this.size));
  }
}

function set(node, values) {
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, value);
}

function element(name, values) {
  const node = document.createElementNS(SVG, name);
  set(node, values);
  return node;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

for (const root of document.querySelectorAll("[data-regions]")) new Regions(root);
