// Shows /openapi/openapi.json. Text only ever enters the page as text, never as markup.
const METHODS = ["get", "post", "put", "patch", "delete"];

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

function table(headings, rows) {
  const head = element("tr", "", ...headings.map((heading) => element("th", heading)));
  const body = rows.map((row) => element("tr", "", ...row.map((cell) => element("td", cell))));
  return element("table", "", element("thead", "", head), element("tbody", "", ...body));
}

function resolve(root, schema, depth = 0) {
  if (!schema || typeof schema !== "object" || depth > 8) return schema;
  if (schema.$ref) {
    const found = schema.$ref.split("/").slice(1).reduce((node, key) => node?.[key], root);
    return resolve(root, found, depth + 1);
  }
  if (Array.isArray(schema)) return schema.map((part) => resolve(root, part, depth + 1));
  return Object.fromEntries(
    Object.entries(schema).map(([key, part]) => [key, resolve(root, part, depth + 1)]),
  );
}

function bodies(root, content) {
  return Object.entries(content ?? {}).map(([type, media]) =>
    element("details", "", element("summary", type),
      element("pre", JSON.stringify(resolve(root, media.schema), null, 2))));
}

function operationView(root, path, method, operation) {
  const view = element("details", "");
  view.dataset.words = [path, operation.operationId, operation.summary].join(" ").toLowerCase();
  const verb = element("span", method.toUpperCase());
  verb.className = "method";
  view.append(element("summary", "", verb, element("code", path),
    document.createTextNode(operation.summary ?? "")));
  if (operation.description) view.append(element("p", operation.description));
  const parameters = resolve(root, operation.parameters ?? []).map((parameter) => [
    parameter.name, parameter.in, parameter.required ? "yes" : "no", parameter.description ?? ""]);
  if (parameters.length) view.append(table(["parameter", "in", "required", ""], parameters));
  if (operation.requestBody) {
    view.append(element("h4", "Body"), ...bodies(root, operation.requestBody.content));
  }
  view.append(element("h4", "Answers"));
  for (const [status, named] of Object.entries(operation.responses ?? {})) {
    const answer = named.$ref ? resolve(root, named) : named;
    view.append(element("p", `${status} — ${answer.description ?? ""}`),
      ...bodies(root, answer.content));
  }
  return view;
}

function show(root) {
  document.getElementById("title").textContent = root.info.title;
  document.getElementById("version").textContent = `version ${root.info.version}`;
  const groups = new Map();
  for (const [path, item] of Object.entries(root.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const tag = item[method].tags?.[0] ?? "other";
      if (!groups.has(tag)) groups.set(tag, element("section", "", element("h2", tag)));
      groups.get(tag).append(operationView(root, path, method, item[method]));
    }
  }
  document.getElementById("operations").replaceChildren(...groups.values());
}

document.getElementById("search").addEventListener("input", (event) => {
  const wanted = event.target.value.trim().toLowerCase();
  for (const view of document.querySelectorAll("details[data-words]")) {
    view.hidden = !view.dataset.words.includes(wanted);
  }
});

const answer = await fetch("/openapi/openapi.json");
show(await answer.json());
