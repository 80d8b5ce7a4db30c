// The sentences that a page's scripts may have to say, in the reader's language.
const source = document.querySelector("template[data-words]");

export function words(key, values = {}) {
  const said = source.content.querySelector(`[data-word="${key}"]`).cloneNode(true);
  const texts = document.createTreeWalker(said, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    texts.currentNode.data = texts.currentNode.data.replace(/{(\w+)}/g, (_, name) => values[name]);
  }
  return [...said.childNodes];
}

const written = new Intl.DateTimeFormat(document.documentElement.lang, {
  timeZone: "Asia/Shanghai", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit",
});

export const instant = (seconds) => written.format(seconds * 1000);
