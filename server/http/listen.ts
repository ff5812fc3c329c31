/** Where the endpoint listens. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { BlockList, isIP } from "node:net";
import { t } from "@vscode/l10n";

/** `next` says what the user can do. */
export class ListenError extends Error {
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.next = next;
  }
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === "localhost";
  return LOOPBACK.check(host, family === 4 ? "ipv4" : "ipv6");
}

/** `localhost` is either address, as a client's system has it: both must lead here, and to no other program. */
export function addressesOf(host = "localhost"): string[] {
  return host.toLowerCase() === "localhost" ? ["127.0.0.1", "::1"] : [host];
}

/** As a Host header has them. */
export function localNames(host = "localhost"): string[] {
  return [...new Set(["localhost", "127.0.0.1", "[::1]", isIP(host) === 6 ? `[${host}]` : host.toLowerCase()])];
}

/** One server an address, all of them on one port; 0 is any that is free at all of them. Throws ListenError. */
export async function listen(
  create: () => Server,
  addresses: string[],
  port: number,
  attempts = port === 0 ? 5 : 1,
): Promise<Server[]> {
  const servers: Server[] = [];
  let bound = port;
  for (const address of addresses) {
    const server = create();
    try {
      await bind(server, address, bound);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      // A machine without IPv6 has one address less.
      if (servers.length > 0 && (code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT")) continue;
      for (const server of servers) server.close();
      if (code === "EADDRINUSE" && attempts > 1) return listen(create, addresses, port, attempts - 1);
      throw listenError(code, address, bound);
    }
    servers.push(server);
    bound = (server.address() as AddressInfo).port;
  }
  return servers;
}

/** Of the first server, under the name that its users know. */
export function urlOf(server: Server, host = "localhost"): string {
  const { port } = server.address() as AddressInfo;
  const name = ["0.0.0.0", "::"].includes(host) ? "localhost" : host;
  return `http://${isIP(name) === 6 ? `[${name}]` : name}:${port}/v1`;
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function listenError(code: string, address: string, port: number): ListenError {
  if (code === "EADDRINUSE")
    return new ListenError(
      t("Port {0} is in use by another program.", port),
      t("Choose another port, or end the program that uses it."),
    );
  if (code === "EACCES") return new ListenError(t("Port {0} may not be used.", port), t("Choose a port from 1024 on."));
  return new ListenError(
    t("The endpoint cannot listen at {0}, port {1} ({2}).", address, port, code),
    t("Choose another host or port."),
  );
}
