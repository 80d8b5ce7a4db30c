// The texts of this page's language, as the server put them into it.
const place = document.querySelector("template[data-texts]");
const texts = JSON.parse(place?.content.textContent || "{}");

let more = null;

// The many sentences for what was refused, fetched with the first refusal.
export function refusals() {
  const found = async () => Object.assign(texts, await (await fetch("/desk/refusals")).json());
  more ??= found().catch(() => (more = null));
  return more;
}

export function t(key, values = {}) {
  return texts[key]?.replace(/{(\w+)}/g, (_, name) => values[name] ?? "") ?? key;
}

// A word of the wallet that may be unknown here stands for itself.
export const word = (prefix, name) => texts[prefix + name] ?? name;

export const reason = (code) => word("desk.reason.", code);

export function problemSentence(refused) {
  const { code, told, wait } = refused;
  const values = { ...told, code, seconds: wait, detail: told.detail ?? "", refusal: reason(told.refusal ?? ""), family: word("desk.family.", told.family ?? "") };
  if (code === "CODE_USED" && told.check_holder) return t("desk.problem.CODE_USED.check");
  const keys = [`desk.problem.${code}.${told.reason}`, `desk.problem.${code}`];
  return t(keys.find((key) => key in texts) ?? "desk.problem.other", values);
}

// Several words as the language joins them: "disjunction" with its or, "unit" without.
export const joined = (type, words) => new Intl.ListFormat(document.documentElement.lang, { type }).format(words);

// Each verdict brings its own words in both languages.
export const inBoth = (message) => (document.documentElement.lang === "en" ? message?.en : message?.zh) ?? "";
