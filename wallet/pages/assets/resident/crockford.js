// The text of a code, docs/code-format.md §1: `FW`, then base32 with one spelling only.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LETTER_BITS = 5;

export function codeText(bytes) {
  let text = "FW";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= LETTER_BITS) {
      bits -= LETTER_BITS;
      text += ALPHABET[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits ? text + ALPHABET[(held << (LETTER_BITS - bits)) & 31] : text;
}
