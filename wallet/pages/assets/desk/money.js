// Amounts: integers of fen, read from and written as yuan without any fraction in between.
function scaled(text, digits) {
  const found = /^\s*(\d{1,10})(?:\.(\d{1,6}))?\s*$/.exec(text.replace(/[０-９．]/g, narrow));
  const part = found?.[2] ?? "";
  if (!found || part.replace(/0+$/, "").length > digits) return null;
  return Number(BigInt(found[1] + part.slice(0, digits).padEnd(digits, "0")));
}

// An input method may leave full-width digits behind.
const narrow = (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0);

const safe = (number) => (Number.isSafeInteger(number) ? number : null);
const LARGEST_FEN = 10 ** 12;

export function fen(text) {
  const amount = scaled(text, 2);
  return amount !== null && amount <= LARGEST_FEN ? amount : null;
}
export const quantityE4 = (text) => safe(scaled(text, 4));
export const priceE6 = (text) => safe(scaled(text, 6));

// Quantity times price, half a fen rounded up: 10⁴ · 10⁶ to 10².
export function product(e4, e6) {
  return Number((BigInt(e4) * BigInt(e6) + 50_000_000n) / 100_000_000n);
}

// Hospitals round either way, so both neighbours of the exact product are right.
export function agrees(e4, e6, amount) {
  const exact = BigInt(e4) * BigInt(e6);
  const distance = exact - BigInt(amount) * 100_000_000n;
  return distance < 100_000_000n && distance > -100_000_000n;
}

export function plain(number, digits, least = digits) {
  const text = String(number).padStart(digits + 1, "0");
  const part = text.slice(text.length - digits);
  const kept = part.slice(0, least) + part.slice(least).replace(/0+$/, "");
  return text.slice(0, text.length - digits) + (kept ? `.${kept}` : "");
}

export function yuan(minor) {
  const [whole, part] = plain(Math.abs(minor), 2).split(".");
  return `${minor < 0 ? "-" : ""}¥${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${part}`;
}
