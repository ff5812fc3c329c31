const GREETING = "Hello";

export function message(name, count) {
  return GREETING + ", " + name + ": " + count + " new messages";
}
