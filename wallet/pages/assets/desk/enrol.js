// Makes this browser a terminal: a key that stays here, a one-time token that is used up.
import { base64url } from "./bytes.js";
import { get, put, remove } from "./database.js";
import { $, make } from "./elements.js";
import { enrolmentProof, makeKey, publicJwk } from "./key.js";
import { t } from "./texts.js";

const form = $("[data-enrol]");
const said = $("[data-said]");
const TOKEN = /^fwe_[A-Za-z0-9_-]{43}$/;

function say(tone, ...parts) {
  said.hidden = false;
  said.className = `notice ${tone}`;
  said.replaceChildren(...parts);
}

// A link brings the token behind the #, which no server and no log ever sees.
function fromLink() {
  const token = decodeURIComponent(location.hash.slice(1));
  if (!token) return;
  history.replaceState(null, "", location.pathname);
  form.elements.token.value = token;
  form.elements.name.focus();
}

async function enrol() {
  if (!isSecureContext) return say("bad", t("desk.insecure"));
  const token = form.elements.token.value.trim();
  if (!TOKEN.test(token)) return say("warn", t("desk.enrol.token_wrong"));
  const pair = await makeKey();
  // a browser that keeps nothing must say so before the token is used up
  await put("kept", "probe", pair.privateKey);
  const answer = await fetch("/v1/terminals/enrol", {
    method: "POST",
    headers: { "content-type": "application/json" },
    credentials: "omit",
    body: JSON.stringify({
      token,
      public_key: await publicJwk(pair.publicKey),
      name: form.elements.name.value.trim(),
      proof: base64url(await enrolmentProof(pair, token)),
    }),
  });
  const told = await answer.json();
  if (!answer.ok) return say("warn", t(told.code === "TOKEN_INVALID" ? "desk.enrol.refused" : "desk.problem.other", told));
  await keep(pair, told);
}

async function keep(pair, told) {
  const origin = new URL(told.token_url).origin;
  // the server would mask a person only for a token without this scope
  const scope = told.scope.split(" ").filter((each) => each !== "identity:full").join(" ");
  const name = form.elements.name.value.trim();
  await remove("kept", "probe");
  await put("terminal", "own", { id: told.terminal_id, key: pair.privateKey, name, party: told.party, scope });
  form.reset();
  if (origin !== location.origin) return say("bad", t("desk.enrol.origin", { origin }));
  say("good", t("desk.enrol.done", told), " ", make("a", { href: "/desk" }, t("desk.enrol.go")));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    await enrol();
  } catch (fault) {
    say("bad", t(fault instanceof TypeError ? "desk.enrol.lost" : "desk.storage"));
  } finally {
    button.disabled = false;
  }
});
addEventListener("hashchange", fromLink);
fromLink();
const known = await get("terminal", "own").catch(() => null);
if (known) {
  $("[data-known]").hidden = false;
  $("[data-known]").textContent = t("desk.enrol.known", known);
}
