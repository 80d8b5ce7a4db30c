// Reads codes from a camera. The reader (WebAssembly) is fetched only when somebody asks for it.
const EVERY = 120;
const FORMATS = ["qr_code", "code_128"];
const HERE = new URL("../vendor/barcode-detector/", import.meta.url);

async function reader() {
  if ("BarcodeDetector" in globalThis) {
    const known = await BarcodeDetector.getSupportedFormats();
    if (FORMATS.every((format) => known.includes(format))) return new BarcodeDetector({ formats: FORMATS });
  }
  const module = await import(new URL("ponyfill.js", HERE));
  const locateFile = (name) => new URL(name, HERE).href;
  await module.prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });
  return new module.BarcodeDetector({ formats: FORMATS });
}

export class Camera {
  #video;
  #stream = null;
  #timer = 0;

  constructor(video) {
    this.#video = video;
  }

  get on() {
    return this.#stream !== null;
  }

  // Throws DOMException when there is no camera, anything else when the reader cannot be had.
  async start(said) {
    const wanted = { video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false };
    this.#stream = await navigator.mediaDevices.getUserMedia(wanted);
    try {
      this.#video.srcObject = this.#stream;
      await this.#video.play();
      const detector = await reader();
      this.#look(detector, said);
    } catch (fault) {
      this.stop();
      throw new Error("reader", { cause: fault });
    }
  }

  stop() {
    clearTimeout(this.#timer);
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
  }

  #look(detector, said) {
    const again = async () => {
      if (!this.#stream) return;
      const found = await detector.detect(this.#video).catch(() => []);
      if (!this.#stream) return;
      if (found.length > 0) return said(found[0].rawValue);
      this.#timer = setTimeout(again, EVERY);
    };
    again();
  }
}
