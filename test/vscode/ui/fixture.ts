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
/** What the suite before has left. */
let left: Workbench | undefined;

/**
 * Starts a server with the installed VSIX, the toy model and a copy of test/samples, and opens it in a browser; or opens
 * all that anew in the window that another suite of this process has left; or, where that wanted the same, begins a new
 * chat there. One for a suite, in `before`, is enough: it takes seconds. It is the caller's to `stop()`, or to leave, in
 * `after`.
 */
export async function openWorkbench(wanted: WorkbenchOptions = {}): Promise<Workbench> {
  const options = { pace: true, ...wanted };
  const taken = left;
  left = undefined;
  if (await taken?.renew(options)) return taken!;
  await taken?.stop();
  const workbench = await Workbench.open(options);
  open.add(workbench);
  return workbench;
}

/** Leaves it to the next suite of this process: for who has put nothing there that another one would find. */
export async function leaveWorkbench(workbench: Workbench | undefined): Promise<void> {
  // Where something has failed, a dialog may be open.
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
