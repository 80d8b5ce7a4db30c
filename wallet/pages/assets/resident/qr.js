// The picture of a code: dark modules on white, quiet zone included, whatever the theme.
import { encode } from "../vendor/uqr.js";

const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export function picture(text) {
  const { data, size } = encode(text, { ecc: "M", border: 4 });
  const strokes = data.map((row, line) =>
    row.map((dark, place) => (dark ? `M${place} ${line}h1v1h-1z` : "")).join(""),
  );
  const drawing = element("svg", { viewBox: `0 0 ${size} ${size}`, "shape-rendering": "crispEdges" });
  drawing.append(
    element("path", { fill: "#fff", d: `M0 0h${size}v${size}H0z` }),
    element("path", { fill: "#000", d: strokes.join("") }),
  );
  return drawing;
}
