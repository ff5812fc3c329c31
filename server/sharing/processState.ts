/** Whether a process can be waited for. */
import { readFileSync } from "node:fs";

/** It has ended, or somebody has stopped it (SIGSTOP, a debugger). Where only Linux can tell, a stopped one counts as running. */
export function isStoppedOrGone(pid: number): boolean {
  if (process.platform === "linux") return /^[TtZX]?$/.test(stateOf(pid));
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** proc(5): the letter behind the name, which may hold anything. Empty where there is no such process. */
function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1").replace(/^.*\) /s, "")[0] ?? "";
  } catch {
    return "";
  }
}
