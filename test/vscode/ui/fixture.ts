/** A workbench for a suite. What it showed and logged is kept when one of the suite's tests fails. */
import { Workbench, type WorkbenchOptions } from "../host/workbench.ts";

export type { Workbench };

const open = new Set<Workbench>();

/**
 * Starts a server with the installed VSIX, the toy model and a copy of test/samples, and opens it in a browser. One for
 * a suite, in `before`, is enough: it takes seconds. It is the caller's to `stop()`, in `after`.
 */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const workbench = await Workbench.open(options);
  open.add(workbench);
  return workbench;
}

afterEach(async function () {
  if (this.currentTest?.state !== "failed") return;
  for (const workbench of open) if (workbench.isOpen) await workbench.keep(this.currentTest.fullTitle());
});
