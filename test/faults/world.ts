/**
 * The environment of a run: its folders, on disks of their own if possible, and all processes that were started in
 * them.
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { entriesBelow, pathOf } from "../support/entriesBelow.ts";
import { commandOf, processesAt, residentBytes, signal } from "../support/processes.ts";

const DOCUMENT = "cart.ts";
/** Size of a disk that can be filled, bytes. */
const DISK_BYTES = 48 * 1024 * 1024;

export class World {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), "nf-"));
  /** Mounted disks. They are unmounted at the end of the run, after what remains on them was counted. */
  private readonly mounts: string[] = [];
  private readonly variables: Record<string, string>;

  /** @param variables more variables of the environment. */
  constructor(variables: Record<string, string> = {}) {
    this.variables = variables;
    for (const name of ["run", "states", "tmp"]) mkdirSync(path.join(this.folder, name), { mode: 0o700 });
  }

  get runtime(): string {
    return path.join(this.folder, "run");
  }

  get states(): string {
    return path.join(this.folder, "states");
  }

  get env(): Record<string, string> {
    return {
      ...this.variables,
      NEMOTRON_RUNTIME_DIR: this.runtime,
      NEMOTRON_STATES_DIR: this.states,
      TMPDIR: path.join(this.folder, "tmp"),
    };
  }

  /** A window's workspace, with one document. */
  workspace(window: number): string {
    const folder = path.join(this.folder, `work${window}`);
    mkdirSync(folder, { recursive: true });
    copyFileSync(path.resolve("test/samples", DOCUMENT), path.join(folder, DOCUMENT));
    return folder;
  }

  /** Mounts a small disk on a folder. Returns whether that worked: it requires root and Linux. */
  ownDisk(name: "run" | "states" | "tmp"): boolean {
    const folder = path.join(this.folder, name);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_BYTES},mode=0700`, "tmpfs", folder], {
        stdio: "ignore",
      });
    } catch {
      return false;
    }
    this.mounts.push(folder);
    chmodSync(folder, 0o700);
    return true;
  }

  /** Fills the disks until the returned function is called. */
  fillDisks(): () => void {
    const fillers = this.mounts.map((folder) => path.join(folder, "filler"));
    for (const filler of fillers) fill(filler);
    return () => {
      for (const filler of fillers) rmSync(filler, { force: true });
    };
  }

  /** All running processes with this runtime folder. */
  processes(): { pid: number; command: string }[] {
    return processesAt(this.runtime)
      .filter((pid) => pid !== process.pid)
      .map((pid) => ({ pid, command: commandOf(pid) }));
  }

  /** Relative paths of everything below one of the folders. */
  filesIn(name: "run" | "states" | "tmp"): string[] {
    const folder = path.join(this.folder, name);
    return entriesBelow(folder)
      .map((entry) => path.relative(folder, pathOf(entry)))
      .sort();
  }

  hostLog(): string {
    return read(path.join(this.runtime, "host.log"));
  }

  remove(): void {
    for (const { pid } of this.processes()) signal(pid, "SIGKILL");
    // A cleanup after another run may have unmounted it.
    for (const mount of this.mounts.filter((folder) => read("/proc/mounts").includes(` ${folder} `)))
      execFileSync("umount", ["--lazy", mount], { stdio: "ignore" });
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export const documentIn = (workspace: string) => path.join(workspace, DOCUMENT);

/** Resident memory of a process, KiB; 0 if it does not exist. */
export const residentKib = (pid: number) => residentBytes([pid]) / 1024;

/** Number of open files of a process; 0 if it does not exist. */
export function openFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

function fill(file: string): void {
  const handle = openSync(file, "w");
  for (let size = 1 << 20; size >= 1; size = size >> 1)
    try {
      for (;;) if (writeSync(handle, Buffer.alloc(size)) < size) break;
    } catch {
      // Full, for pieces of this size.
    }
  closeSync(handle);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
