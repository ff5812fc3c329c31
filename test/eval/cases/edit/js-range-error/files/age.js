export function describeAge(age) {
  return age < 18 ? "a minor" : "an adult";
}
