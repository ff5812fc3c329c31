/** A moving picture of the workbench: an animated WebP of pictures that Chromium takes and encodes. */
import { writeFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { launchChromium } from "./chromium.ts";

/** The part of a frame that differs from the one before: its place in px, and its picture as WebP in base64. */
type Part = { x: number; y: number; width: number; height: number; webp: string };

/** The encoder's quality, 0 to 1. At this value letters stay sharp. */
const QUALITY = 0.85;

/**
 * Runs in a page: draws each picture, and encodes the smallest rectangle that differs from the picture before.
 * Undefined for a picture without a difference. Offsets are even, as the format demands.
 */
const ENCODE = `async ({ pngs, quality }) => {
  let canvas, context, before;
  const parts = [];
  for (const png of pngs) {
    const image = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
    const { width, height } = image;
    canvas ??= new OffscreenCanvas(width, height);
    context ??= canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    context.drawImage(image, 0, 0);
    const now = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
    let [left, top, right, bottom] = before ? [width, height, -1, -1] : [0, 0, width - 1, height - 1];
    if (before)
      for (let i = 0; i < now.length; i++) {
        if (now[i] === before[i]) continue;
        const [x, y] = [i % width, Math.floor(i / width)];
        [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
      }
    before = now;
    if (right < 0) {
      parts.push(undefined);
      continue;
    }
    const [x, y] = [left & ~1, top & ~1];
    const part = new OffscreenCanvas(right - x + 1, bottom - y + 1);
    part.getContext("2d", { alpha: false }).drawImage(image, -x, -y);
    const bytes = new Uint8Array(await (await part.convertToBlob({ type: "image/webp", quality })).arrayBuffer());
    const webp = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    parts.push({ x, y, width: part.width, height: part.height, webp });
  }
  return parts;
}`;

export class Film {
  private readonly frames: { png: string; ms: number }[] = [];

  /** Takes a picture of the page. @param ms how long the film shows it. */
  async shot(page: Page, ms: number): Promise<void> {
    this.frames.push({ png: (await page.screenshot()).toString("base64"), ms });
  }

  /** Writes the film, which repeats for ever. Returns its size, bytes. */
  async write(file: string): Promise<number> {
    const parts = await encode(this.frames.map(({ png }) => png));
    const shown: (Part & { ms: number })[] = [];
    for (const [i, { ms }] of this.frames.entries()) {
      const part = parts[i];
      if (part) shown.push({ ...part, ms });
      else shown.at(-1)!.ms += ms;
    }
    const film = animation(shown);
    writeFileSync(file, film);
    return film.length;
  }
}

async function encode(pngs: string[]): Promise<(Part | undefined)[]> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    return await page.evaluate(`(${ENCODE})(${JSON.stringify({ pngs, quality: QUALITY })})`);
  } finally {
    await browser.close();
  }
}

/** The container: https://developers.google.com/speed/webp/docs/riff_container. The first frame has the film's size. */
function animation(frames: readonly (Part & { ms: number })[]): Buffer {
  const { width, height } = frames[0]!;
  const ANIMATED = 0x02;
  const REPLACE = 0x02;
  const contents = [
    Buffer.from("WEBP"),
    chunk("VP8X", Buffer.concat([Buffer.from([ANIMATED, 0, 0, 0]), uint24(width - 1), uint24(height - 1)])),
    // The background colour, and the number of repetitions: 0 is for ever.
    chunk("ANIM", Buffer.alloc(6)),
    ...frames.map((frame) => {
      const place = [frame.x / 2, frame.y / 2, frame.width - 1, frame.height - 1, frame.ms].map(uint24);
      return chunk("ANMF", Buffer.concat([...place, Buffer.from([REPLACE]), bitstream(frame.webp)]));
    }),
  ];
  return chunk("RIFF", Buffer.concat(contents));
}

/** The chunk of a still picture that holds its pixels. */
function bitstream(webp: string): Buffer {
  const bytes = Buffer.from(webp, "base64");
  for (let at = 12; at < bytes.length; ) {
    const size = 8 + bytes.readUInt32LE(at + 4);
    if (/^VP8[ L]$/.test(bytes.toString("latin1", at, at + 4))) return bytes.subarray(at, at + size + (size % 2));
    at += size + (size % 2);
  }
  throw new Error("The browser has encoded no picture.");
}

function chunk(name: string, content: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(content.length);
  return Buffer.concat([Buffer.from(name), size, content, Buffer.alloc(content.length % 2)]);
}

function uint24(value: number): Buffer {
  const bytes = Buffer.alloc(3);
  bytes.writeUIntLE(value, 0, 3);
  return bytes;
}
