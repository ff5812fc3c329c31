export function adults(people) {
  const names = [];
  for (const person of people) {
    if (person.age >= 18) {
      names.push(person.name);
    }
  }
  return names;
}
