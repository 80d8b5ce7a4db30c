// The page of the code: signs codes with this browser's own key, else shows the server's.
import { isOffline, isSignedOut, send } from "./api.js";
import { accepted, again, clockMoved, isAccepted, isLow, nowSeconds, ready, sign, toppedUp } from "./device.js";
import { drawn, lastsUntil, passAt, stepAt, stepOf, STEP_SECONDS } from "./drawing.js";
import { keepPage } from "./installing.js";
import { live } from "./live.js";
import { picture } from "./qr.js";
import { Showing } from "./showing.js";
import { kept, nextCounter } from "./store.js";
import { instant, words } from "./words.js";

const frame = document.querySelector("[data-code]");
const { tag: owner = "", living = "", seen = "", keys = "", deviceName: name = "" } = frame.dataset;
const page = { owner, name, living: living.split(" ").map(Number) };
const showing = new Showing(frame);
const WRONG_SECONDS = STEP_SECONDS;
const RETRY_SECONDS = 5;
const PROBE_EVERY = 15_000;

let device = null;
let topUp = null;
// the page that knows nobody stands in for /code where that could not be reached
const standsIn = owner === "" && location.pathname === "/code";
let online = navigator.onLine && !standsIn;
let signedIn = owner !== "";
let ahead = null;
let drawing = false;
let joining = false;
// without a secure origin a browser has neither keys nor locks
let signs = isSecureContext && "locks" in navigator;

const clockAhead = () => ahead ?? topUp?.clockOffset ?? 0;
const clockWrong = () => Math.abs(clockAhead()) > WRONG_SECONDS;
const stepEnds = (step) => (step + 1) * STEP_SECONDS * 1000;

function note() {
  if (!online) {
    if (!topUp) return showing.note(words("offline.none"));
    if (lastsUntil(topUp) < nowSeconds()) return showing.note(words("offline.over"));
    return showing.note(words("offline", { until: instant(lastsUntil(topUp)) }));
  }
  if (clockWrong()) {
    const minutes = Math.max(1, Math.round(Math.abs(clockAhead()) / 60));
    return showing.note(words(clockAhead() > 0 ? "clock.ahead" : "clock.behind", { minutes }));
  }
  showing.note(signedIn ? [] : words(topUp ? "signed_out" : "signed_out.none"));
}

// Another tab may have signed out, or removed this browser.
async function isKept() {
  const still = await kept("device").catch(() => null);
  if (still?.number !== device.number) [device, topUp] = [null, null];
  return device !== null;
}

async function ownCode() {
  if (!device || !topUp || (clockWrong() && online && signedIn)) return false;
  if (!(await isKept())) return false;
  const step = stepAt(nowSeconds());
  // a clock that is far off would use up counters of steps to come
  if (!passAt(topUp, step * STEP_SECONDS)) return false;
  const counter = await nextCounter(step).catch(() => undefined);
  if (counter === undefined) return false; // nothing can be kept now, so nothing may be shown
  if (counter === null) {
    if (online && signedIn) return false;
    const setBack = stepOf(await kept("counter")) > step;
    showing.wait(words(setBack ? "clock.back" : "wait"), stepEnds(step));
    return true;
  }
  const text = await drawn(topUp, counter, (message) => sign(device, message));
  if (!text || !topUp) return false; // its key may have been retired meanwhile
  showing.code(picture(text), stepEnds(step));
  return true;
}

async function serverCode() {
  const retry = (seconds) => Date.now() + seconds * 1000;
  if (!signedIn) {
    if (owner && online) location.assign("/code"); // where one is sent to sign in
    return showing.wait(words("none"), retry(RETRY_SECONDS));
  }
  try {
    const code = await send("GET", "/code/drawn");
    const svg = new DOMParser().parseFromString(code.picture, "image/svg+xml").documentElement;
    showing.code(document.importNode(svg, true), retry(code.seconds));
    reached(true);
  } catch (fault) {
    if (isOffline(fault)) reached(false);
    else if (isSignedOut(fault)) over();
    else if (!fault.status) throw fault;
    showing.wait(words(online ? "failed" : "none"), retry(fault.retryAfter || RETRY_SECONDS));
  }
}

async function draw() {
  if (drawing) return;
  drawing = true;
  try {
    if (!(await ownCode())) await serverCode();
  } finally {
    drawing = false;
  }
}

function reached(is) {
  if (online === is) return;
  online = is;
  note();
  if (online) join();
}

function over() {
  signedIn = false;
  note();
}

// Become one of the resident's devices, and fetch passes where they run low.
async function join() {
  if (!signedIn || !signs || joining) return;
  joining = true;
  try {
    device = await ready(page);
    if (!device) [topUp, signs] = [null, false];
    frame.dataset.removed = String(!device && (await kept("removed")) === owner);
    if (device && due()) {
      topUp = await toppedUp(device);
      signs = topUp !== null;
    }
    // where it cannot be kept now it is another time
    if (topUp) keepPage().then(() => { frame.dataset.kept = "yes"; }, () => {});
  } catch (fault) {
    if (isOffline(fault)) reached(false);
    else if (isSignedOut(fault)) over();
    else if (fault.code === "NOT_FOUND") location.reload();
    else if (!(fault.status >= 500)) signs = false;
    // the server's own codes are shown meanwhile, which tell what is the matter
  } finally {
    joining = false;
    note();
  }
}

const due = () => isLow(topUp) || (ahead !== null && clockMoved(topUp, ahead));

function happened(told) {
  if (told.dataset.turns) return location.reload();
  if (!told.dataset.told) return;
  // not a code that was drawn after that scan
  const drawnAt = showing.drawnAt - clockAhead() * 1000;
  if (told.dataset.uses && Number(told.dataset.at) >= drawnAt) showing.used();
  showing.say([...told.children].map((each) => document.importNode(each, true)));
}

function told(serverTime) {
  ahead = (Date.now() - serverTime) / 1000;
  if (due()) join();
  note();
}

// What is on the screen is not held up any longer when its key was retired.
async function opening(keys) {
  if (!topUp || isAccepted(topUp, keys)) return;
  topUp = await accepted(keys).catch(() => null);
  if (!topUp) join();
  showing.clear();
  note();
  await draw();
}

async function start() {
  // a browser that keeps nothing shows the server's codes
  const keeping = Promise.all([kept("device"), kept("topUp")]);
  const [keptDevice, keptTopUp] = await keeping.catch(() => []);
  if (keptDevice && (!owner || keptDevice.owner === owner)) [device, topUp] = [keptDevice, keptTopUp];
  if (keys) await opening(keys);
  await draw();
  note();
  setInterval(() => {
    showing.tick();
    if (showing.rest() === 0 && document.visibilityState === "visible") draw();
  }, 250);
  if (signedIn) live({ seen, news: happened, time: told, keys: opening, reached, over });
  await join();
}

frame.querySelector("[data-fresh]").addEventListener("click", () => {
  showing.say(words("show"));
  draw();
});
frame.querySelector("[data-again]")?.addEventListener("click", async () => {
  signs = true;
  await again(page).catch(() => {});
  join();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") draw();
});
// Without a session nothing is pushed that would tell whether there is a network.
async function probe() {
  try {
    const answer = await fetch("/code/keys", { cache: "no-store" });
    if (standsIn) location.reload();
    reached(true);
    if (answer.ok) await opening(await answer.text());
  } catch {
    reached(false);
  }
}

addEventListener("offline", () => reached(false));
addEventListener("online", () => (owner ? reached(true) : probe()));
if (!owner) setInterval(probe, PROBE_EVERY);
if (!owner && !standsIn) probe();
start();
