// The desk: puts its parts together and leads from one to the next.
import { learn } from "./clock.js";
import { BillForm } from "./bill.js";
import { get } from "./database.js";
import { $, make } from "./elements.js";
import { yuan } from "./money.js";
import { Place } from "./place.js";
import { ScanPart } from "./scan.js";
import { Session } from "./session.js";
import { SettlementPart } from "./settlement.js";
import { refusals, t } from "./texts.js";
import { VisitPart } from "./visit.js";
import { Wrong } from "./wrong.js";

const SETTLING = "outpatient_settlement";
const GIVES_WAY = 1500;
const IDLE = 4000;
const LATER = ["verdicts", "bill_json", "tender", "recent", "screen", "receipt", "returns", "shift"];

function assembled(terminal) {
  const session = new Session(terminal);
  const place = new Place();
  const bill = new BillForm(session, place);
  const visit = new VisitPart(session);
  const part = new SettlementPart(session);
  const scan = new ScanPart(session, async (text) => {
    const found = { vis: visit, set: part }[/^(vis|set)_[0-9a-z]{52}$/.exec(text)?.[1]];
    await found?.find(text);
    if (found) session.say("good", t(found === visit ? "desk.visit.found" : "desk.settlement.found"));
    return Boolean(found);
  });
  return { session, place, bill, visit, part, scan, beside: beside({ session, place, part, scan }) };
}

// What goes with a settlement is fetched with the first one, or when somebody asks for it.
function beside({ session, place, part, scan }) {
  let made = null;
  async function make() {
    const [{ TenderForm }, { Recent }, { Screen }] = await Promise.all([import("./tender.js"), import("./recent.js"), import("./screen.js")]);
    const tender = new TenderForm(session, part, (amount, target) =>
      scan.wait({ title: t("desk.scan.tender", { amount: yuan(amount) }), take: (code) => tender.byCode(code, amount, target) }),
    );
    const recent = new Recent(session, part);
    await recent.restore();
    return { tender, recent, screen: new Screen(session, part, place) };
  }
  const parts = () => (made ??= make());
  session.addEventListener("settlement", async ({ detail }) => {
    if (!made && !detail.settlement) return;
    for (const each of Object.values(await parts())) each.show(detail);
  });
  $("[data-recent]").closest("details").addEventListener("toggle", parts);
  return parts;
}

// What a day needs now and then is fetched when it is asked for.
async function later({ session, bill, visit, part, scan }) {
  let papers = null;
  let sums = null;
  const again = (returns) => (chosen) =>
    scan.wait({ title: t("desk.scan.return"), take: async (code) => returns().give(chosen, await scan.resolve(code, SETTLING)) });
  const receipts = async () => {
    const [{ ReceiptPart }, { Returns }] = await Promise.all([import("./receipt.js"), import("./returns.js")]);
    const returns = new Returns(session, part, again(() => returns));
    return new ReceiptPart(session, part);
  };
  $("[data-receipt-show]").addEventListener("click", () => session.step(async () => (await (papers ??= receipts())).show()));
  $('[data-open="shift"]').addEventListener("click", () =>
    session.step(async () => {
      sums ??= (await import("./shift.js")).shifts(session);
      await sums();
    }),
  );
  if ($("[data-desk]").dataset.his) (await import("./his.js")).his(session, bill, visit);
}

async function register({ session, place, visit, scan }) {
  const details = place.forVisit();
  await visit.open(scan.handle(["registration", "settlement"], "outpatient_registration"), details);
  scan.used();
  session.say("good", t("desk.visit.opened"));
  scan.choose(SETTLING);
}

async function settle({ bill, visit, part, scan }) {
  const wish = bill.read();
  if (!visit.current) throw new Wrong(t("desk.visit.first"));
  await part.open(visit.current.id, { presentation: scan.handle(["settlement"], SETTLING), ...wish });
  scan.used();
  await bill.clear();
}

async function next({ bill, visit, part, scan }) {
  scan.clear();
  await Promise.all([bill.clear(), visit.clear(), part.clear()]);
  scan.choose("outpatient_registration");
}

function wire(desk) {
  const { session, part, scan } = desk;
  session.addEventListener("settlement", ({ detail }) => detail.fresh && scan.waitNoMore());
  const openScreen = async () => (await desk.beside()).screen.open(session);
  const step = (act) => (event) => {
    event.preventDefault();
    session.step(() => act(desk));
  };
  $("[data-place]").addEventListener("submit", step(register));
  $("[data-bill]").addEventListener("submit", step(settle));
  $("[data-fresh]").addEventListener("click", step(next));
  for (const button of document.querySelectorAll("[data-by]")) {
    const confirmed = () => ({
      cash_minor: part.current.cash_minor,
      cash_by: button.dataset.by,
      identity_checked: $("[data-identity]").checked,
    });
    button.addEventListener("click", step(() => part.act("confirm", confirmed())));
  }
  $("[data-cancel]").addEventListener("click", () => confirm(t("desk.cancel.sure")) && session.step(() => part.act("cancel")));
  $("[data-follow]").addEventListener("click", step(() => part.find(part.current.replaced_by)));
  for (const button of document.querySelectorAll("[data-print]")) {
    button.addEventListener("click", () => {
      document.body.dataset.printing = button.dataset.print;
      print();
    });
  }
  const keys = { F2: () => scan.focus(), F4: () => main(), F8: openScreen };
  $("[data-open-screen]").addEventListener("click", openScreen);
  addEventListener("keydown", (event) => {
    if (!(event.key in keys) || event.altKey || event.ctrlKey) return;
    event.preventDefault();
    keys[event.key]();
  });
}

// Pre-settles; where money waits, only leads to its button, for a key pressed twice must not charge.
function main() {
  const money = $("[data-confirm]:not([hidden]) button:not([hidden])") ?? $("[data-tender]:not([hidden]) button");
  if (money) money.focus();
  else $("[data-main]").click();
}

function watchNet(session) {
  const net = $("[data-net]");
  const show = (said) => {
    net.textContent = t(navigator.onLine ? "desk.online" : "desk.offline");
    net.classList.toggle("bad", !navigator.onLine);
    if (said) session.say(navigator.onLine ? "good" : "bad", t(navigator.onLine ? "desk.net.back" : "desk.net.offline"));
  };
  addEventListener("offline", () => show(true));
  addEventListener("online", () => show(!session.intents.busy));
  show(!navigator.onLine);
}

// What a page before this one asked and heard no answer to.
async function catchUp({ session, visit, part, scan, bill }) {
  for await (const { kind, content, told, refused } of session.intents.left()) {
    if (refused) await session.failed(refused);
    else if (kind === "visit") visit.show(told);
    else if (kind === "return") await part.show(told.settlement);
    else if (kind === "settlement") {
      await part.show(told);
      await bill.clear();
    } else if (kind === "resolve") await scan.show(told, content.purpose);
  }
}

// One terminal is one window: two would ask about each other's intents. A page that is left gives way.
function alone() {
  return new Promise((resolve) => {
    const held = (lock) => (resolve(Boolean(lock)), new Promise(() => {}));
    navigator.locks.request("fusion-desk", { signal: AbortSignal.timeout(GIVES_WAY) }, held).catch(() => resolve(false));
  });
}

async function start() {
  const said = $("[data-said]");
  if (!isSecureContext) return said.replaceChildren(t("desk.insecure"));
  if (!(await alone())) return said.replaceChildren(t("desk.twice"));
  // null where nothing can be kept, undefined where nothing is
  const terminal = await get("terminal", "own").catch(() => null);
  if (terminal === null) return said.replaceChildren(t("desk.storage"));
  if (!terminal) {
    said.replaceChildren(t("desk.none"), " ", make("a", { href: "/desk/enrol" }, t("desk.enrol")));
    return;
  }
  $("[data-terminal]").textContent = `${terminal.name} · ${terminal.party}`;
  const desk = assembled(terminal);
  const { session } = desk;
  // what was asked before is known before anything can be pressed
  await Promise.all([desk.place.restore(), desk.bill.restore(), session.intents.load()]);
  wire(desk);
  watchNet(session);
  for (const part of document.querySelectorAll("[inert]")) part.inert = false; // nobody would have heard it before
  desk.scan.focus();
  await fetch("/livez").then(learn, () => {});
  await session.ready();
  await Promise.all([desk.visit.restore(), desk.part.restore()]);
  await catchUp(desk);
  await later(desk);
  setInterval(() => navigator.onLine && session.access.token().catch(() => {}), 30_000);
  $("[data-desk]").dataset.ready = "";
  // what was left out so that the desk is there at once; a network may be gone when it is wanted
  setTimeout(() => [refusals(), ...LATER.map((name) => import(`./${name}.js`).catch(() => {}))], IDLE);
}

start();
