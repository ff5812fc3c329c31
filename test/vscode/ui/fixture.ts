/** A workbench for a suite. What it showed and logged is kept when one of the suite's tests fails. */
import { Workbench, type WorkbenchOptions } from "../host/workbench.ts";

export type { Workbench };

/** The sample's file, and a terminal whose text can be read. */
export const SAMPLE: WorkbenchOptions = {
  file: "cart.ts",
  settings: { "terminal.integrated.gpuAcceleration": "off" },
};

const open = new Set<Workbench>();
const failed = new Set<Workbench>();
/** The window that the last suite left. */
let left: Workbench | undefined;

/**
 * Starts a server with the installed VSIX, the toy model and a copy of test/samples, and opens it in a browser. If
 * another suite of this process has left its window, loads that again, or begins a new chat there if the options are
 * the same. This takes seconds, so a suite opens one in `before`, and stops or leaves it in `after`.
 */
export async function openWorkbench(wanted: WorkbenchOptions = {}): Promise<Workbench> {
  const options = { pace: true, ...wanted };
  const taken = left;
  left = undefined;
  if (await taken?.reuse(options)) return taken!;
  await taken?.stop();
  const workbench = await Workbench.open(options);
  open.add(workbench);
  return workbench;
}

/** Leaves the window to the next suite of this process. Only for suites that leave nothing for it to find. */
export async function leaveWorkbench(workbench: Workbench | undefined): Promise<void> {
  // After a failure a dialog may be open.
  if (!workbench || failed.has(workbench)) await workbench?.stop();
  else left = workbench;
}

afterEach(async function () {
  if (this.currentTest?.state !== "failed") return;
  for (const workbench of open)
    if (workbench.isOpen) {
      failed.add(workbench);
      await workbench.keep(this.currentTest.fullTitle());
    }
});

after(() => left?.stop());
