// What the page of the code shows: the picture, how long it lasts, and what there is to say.
const LONGEST = 30_000;

export class Showing {
  constructor(frame) {
    this.frame = frame;
    this.stage = frame.querySelector("[data-stage]");
    this.room = frame.querySelector("[data-room]");
    this.picture = frame.querySelector("[data-picture]");
    this.left = frame.querySelector("[data-left]");
    this.said = frame.querySelector("[data-said]");
    this.line = frame.querySelector("[data-line]");
    this.until = 0;
    this.drawnAt = 0;
    this.lasts = 1;
  }

  code(drawing, until) {
    this.picture.replaceChildren(drawing);
    if (this.said.parentElement !== this.room) this.room.append(this.said);
    this.drawnAt = Date.now();
    this.frame.dataset.state = "fresh";
    this.count(until);
  }

  // Nothing new for now. A code that is too old is taken away: nobody should hold up what a desk
  // will refuse.
  wait(sentence, until) {
    if (this.rest() === 0) this.picture.replaceChildren();
    this.say(sentence);
    this.frame.dataset.state = "waiting";
    this.count(until);
  }

  // The code on the screen was scanned and is good for nothing any more: what came of it takes its
  // place, where the eyes are.
  used() {
    this.picture.replaceChildren();
    this.stage.append(this.said);
    this.frame.dataset.state = "used";
  }

  clear() {
    this.picture.replaceChildren();
    this.until = 0;
  }

  count(until) {
    this.until = until;
    this.lasts = Math.max(1, until - Date.now());
  }

  // Milliseconds until the next code; none where the clock was set and nothing fits any more.
  rest() {
    const rest = this.until - Date.now();
    return rest > LONGEST ? 0 : Math.max(0, rest);
  }

  tick() {
    this.left.dataset.tenth = String(Math.ceil((this.rest() / this.lasts) * 10));
  }

  say(nodes) {
    this.said.replaceChildren(...nodes);
  }

  note(nodes) {
    const now = nodes.map((node) => node.textContent).join("");
    if (this.line.textContent !== now) this.line.replaceChildren(...nodes);
  }
}
