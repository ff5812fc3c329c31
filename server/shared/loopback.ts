import { BlockList, isIP } from "node:net";

const ADDRESSES = new BlockList();
ADDRESSES.addSubnet("127.0.0.0", 8, "ipv4");
ADDRESSES.addAddress("::1", "ipv6");

/**
 * Whether a host from a URL or a command line is this machine: by name (RFC 6761 §6.3) or by address (RFC 1122
 * §3.2.1.3, RFC 4291 §2.5.3).
 */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  const family = isIP(name);
  if (family === 0) return name === "localhost" || name.endsWith(".localhost");
  return ADDRESSES.check(name, family === 4 ? "ipv4" : "ipv6");
}
