// Reads pictures with jsQR: a list of raw RGBA files on standard input, a list of texts as answer.
const { readFileSync } = require("node:fs");
const jsQR = require(process.argv[2]);

const read = ({ file, width, height }) =>
  jsQR(new Uint8ClampedArray(readFileSync(file)), width, height, {
    inversionAttempts: "dontInvert",
  })?.data ?? "";

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(read)));
