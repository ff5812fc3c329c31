// The README as the gallery and the Extensions view can show it: they cannot follow paths into this repository.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const TYPES = { ".png": "image/png", ".jpg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp" };

/** Puts images into the text as data, and takes the links to files out. */
export function readmeForGallery(text) {
  return text
    .replace(/(!\[[^\]]*\]\()([^)\s]+)(\))/g, (_, before, target, after) => before + asData(target) + after)
    .replace(/(<img[^>]*\ssrc=")([^"]+)(")/g, (_, before, target, after) => before + asData(target) + after)
    .replace(/(?<!!)\[([^\]]+)\]\((?![a-z]+:|#)[^)]+\)/g, "$1");
}

function asData(target) {
  if (/^[a-z]+:/.test(target)) return target;
  const type = TYPES[path.extname(target).toLowerCase()];
  if (!type || !existsSync(target))
    throw new Error(`README.md shows ${target}, which is no image that can be shipped.`);
  return `data:${type};base64,${readFileSync(target).toString("base64")}`;
}
