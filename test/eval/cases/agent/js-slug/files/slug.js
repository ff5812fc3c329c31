/** Turns a title into the last part of a URL. */
export function slug(title) {
  return title.toLowerCase().replace(" ", "-");
}
