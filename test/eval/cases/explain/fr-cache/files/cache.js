const cache = new Map();

export async function load(url) {
  if (!cache.has(url)) cache.set(url, await (await fetch(url)).text());
  return cache.get(url);
}
