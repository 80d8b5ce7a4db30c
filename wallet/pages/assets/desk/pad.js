// A pad for a finger or a pen: strokes of points in thousandths of its width, drawn as they come.
const SVG = "http://www.w3.org/2000/svg";
const ACROSS = 1000;
// points closer than this tell nothing
const STEP = 6;
const MOST_STROKES = 64;
const MOST_POINTS = 256;
const MOST_IN_ALL = 1000;

const far = (one, other) => Math.max(Math.abs(one.x - other.x), Math.abs(one.y - other.y)) >= STEP;
const thinner = (stroke) => stroke.filter((_, place) => place % 2 === 0 || place === stroke.length - 1);

export class Pad {
  #svg;
  #changed;
  #strokes = [];
  #pointer = null;
  open = true;

  constructor(svg, changed) {
    this.#svg = svg;
    this.#changed = changed;
    svg.addEventListener("pointerdown", (event) => this.#down(event));
    svg.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => (this.#pointer = null));
  }

  get strokes() {
    return this.#strokes;
  }

  get empty() {
    return this.#strokes.length === 0;
  }

  clear() {
    this.#strokes = [];
    this.#pointer = null;
    this.#svg.replaceChildren();
    this.#changed();
  }

  #down(event) {
    if (!this.open || event.button !== 0 || this.#pointer !== null || this.#strokes.length === MOST_STROKES) return;
    this.#pointer = event.pointerId;
    this.#svg.setPointerCapture(event.pointerId);
    this.#strokes.push([this.#point(event)]);
    this.#svg.append(document.createElementNS(SVG, "polyline"));
    this.#draw();
    this.#changed();
  }

  #move(event) {
    if (!this.open || event.pointerId !== this.#pointer) return;
    let stroke = this.#strokes.at(-1);
    const between = event.getCoalescedEvents?.() ?? [];
    for (const each of between.length ? between : [event]) {
      const point = this.#point(each);
      if (far(point, stroke.at(-1))) stroke.push(point);
    }
    while (stroke.length > MOST_POINTS) stroke = thinner(stroke);
    this.#strokes[this.#strokes.length - 1] = stroke;
    if (this.#strokes.flat().length > MOST_IN_ALL) this.#strokes = this.#strokes.map(thinner);
    this.#draw();
  }

  #point(event) {
    const { left, top, width, height } = this.#svg.getBoundingClientRect();
    const within = (value, most) => Math.round((Math.min(Math.max(value, 0), most) * ACROSS) / width);
    return { x: within(event.clientX - left, width), y: within(event.clientY - top, height) };
  }

  #draw() {
    const points = this.#strokes.at(-1);
    // one point alone is drawn as a dot
    const drawn = points.length > 1 ? points : [points[0], points[0]];
    this.#svg.lastElementChild.setAttribute("points", drawn.map(({ x, y }) => `${x},${y}`).join(" "));
  }
}
