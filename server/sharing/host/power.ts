/** Whether the machine runs on battery; false if unknown. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

/** Time-out, ms: PowerShell takes seconds to start on a slow machine. */
const TIMEOUT_MS = 15_000;
const POWERSHELL = ["-NoProfile", "-NonInteractive", "-Command", "(Get-CimInstance Win32_Battery).BatteryStatus"];

/** Never rejects. */
export function onBattery(): Promise<boolean> {
  if (process.platform === "linux") return linuxOnBattery();
  if (process.platform === "darwin") return ask("pmset", ["-g", "batt"], darwinOnBattery);
  if (process.platform === "win32") return ask("powershell", POWERSHELL, windowsOnBattery);
  return Promise.resolve(false);
}

async function ask(command: string, args: string[], parse: (printed: string) => boolean): Promise<boolean> {
  const running = promisify(execFile)(command, args, { timeout: TIMEOUT_MS, windowsHide: true });
  return parse((await running.catch(() => ({ stdout: "" }))).stdout);
}

/**
 * Reads Linux's sysfs (Documentation/ABI/testing/sysfs-class-power), like systemd does for ConditionACPower. If a mains
 * supply is online, the machine is not on battery. Batteries of mice and headsets (scope "Device") do not count.
 */
export async function linuxOnBattery(folder = "/sys/class/power_supply"): Promise<boolean> {
  let discharging = false;
  for (const name of await readdir(folder).catch(() => [])) {
    const read = async (file: string) =>
      (await readFile(path.join(folder, name, file), "latin1").catch(() => "")).trim();
    const type = await read("type");
    if (/^(Mains|USB|Wireless)/.test(type) && (await read("online")) === "1") return false;
    if (type === "Battery" && (await read("scope")) !== "Device" && (await read("status")) === "Discharging")
      discharging = true;
  }
  return discharging;
}

/** `printed`: the output of `pmset -g batt`. Its first line on battery: Now drawing from 'Battery Power'. */
export const darwinOnBattery = (printed: string): boolean => /drawing from 'Battery Power'/.test(printed);

/**
 * `printed`: BatteryStatus of Win32_Battery, a line for each battery. 1 is discharging, 4 low, 5 critical; 2 and 6 to 9
 * are on mains.
 */
export function windowsOnBattery(printed: string): boolean {
  const states = printed.split(/\s+/).filter(Boolean);
  return states.some((state) => /^[145]$/.test(state)) && !states.some((state) => /^[26789]$/.test(state));
}
