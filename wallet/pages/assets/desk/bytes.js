// Bytes and their spellings.
const encoder = new TextEncoder();

export const utf8 = (text) => encoder.encode(text);

export function base64(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

export function base64url(bytes) {
  return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export const random = (size) => base64url(crypto.getRandomValues(new Uint8Array(size)));

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

// Each part after its length in two bytes.
export function framed(parts) {
  const framedParts = parts.flatMap((part) => [part.length >> 8, part.length & 255, ...part]);
  return new Uint8Array(framedParts);
}
