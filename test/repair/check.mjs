// node check.mjs NAME: checks the function of this name. Each has a fault for the agent to repair.
const CASES = { total: [[2, 3], 5], average: [[2, 4], 3], largest: [[2, 4], 4] };
const name = process.argv[2];
const [prices, expected] = CASES[name];
const { [name]: compute } = await import(`./${name}.mjs`);
const result = compute(prices);
if (result !== expected) {
  console.log(`${name} of ${prices} is ${result}, not ${expected}`);
  process.exitCode = 1;
}
