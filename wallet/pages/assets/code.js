// Draws the code, asks for another one in time, and shows what came of a scan.
const frame = document.querySelector("[data-code]");
const picture = frame?.querySelector("[data-picture]");
const left = frame?.querySelector("[data-left]");
const said = frame?.querySelector("[data-said]");
const NEWS_EVERY = 2000;

let until = 0;
let lasts = 1;
let asking = false;
let seen = null;

async function draw() {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch("/code/drawn", { headers: { accept: "application/json" } });
    if (answer.redirected || answer.status === 401) return location.assign("/sign-in");
    if (!answer.ok) return wait(frame.dataset.failed, Number(answer.headers.get("retry-after")) || 5);
    const code = await answer.json();
    const drawn = new DOMParser().parseFromString(code.picture, "image/svg+xml");
    picture.replaceChildren(document.importNode(drawn.documentElement, true));
    lasts = code.seconds;
    until = performance.now() + lasts * 1000;
    frame.dataset.state = "fresh";
  } catch {
    wait(frame.dataset.offline, 5);
  } finally {
    asking = false;
  }
}

// A code that is too old is taken away: nobody should hold up what a desk will refuse.
function wait(sentence, seconds) {
  if (performance.now() > until) picture.replaceChildren();
  said.textContent = sentence;
  frame.dataset.state = "waiting";
  lasts = seconds;
  until = performance.now() + seconds * 1000;
}

function tick() {
  const rest = Math.max(0, until - performance.now());
  left.dataset.tenth = String(Math.ceil((rest / (lasts * 1000)) * 10));
  if (rest === 0 && document.visibilityState === "visible") draw();
}

async function news() {
  if (document.visibilityState !== "visible") return;
  try {
    const answer = await fetch(`/code/news?seen=${seen ?? ""}`);
    if (answer.status !== 200 || answer.redirected) {
      seen ??= "";
      return;
    }
    const told = new DOMParser().parseFromString(await answer.text(), "text/html");
    const item = told.querySelector("[data-news]");
    // what was there before this page was opened is no news
    const fresh = seen !== null;
    seen = item.dataset.news;
    if (fresh && item.textContent.trim()) {
      said.replaceChildren(...[...item.children].map((each) => document.importNode(each, true)));
      draw();
    }
  } catch {
    // the code itself says that there is no connection
  }
}

if (frame) {
  frame.querySelector("[data-fresh]").addEventListener("click", draw);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") draw();
  });
  draw();
  news();
  setInterval(tick, 250);
  setInterval(news, NEWS_EVERY);
}
