/** The addresses that the API server listens on. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { isIP } from "node:net";
import { t } from "@vscode/l10n";

/** `next` says what the user can do. */
export class ListenError extends Error {
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.next = next;
  }
}

/** The addresses to listen on. Clients resolve `localhost` to either address: both must lead here. */
export function addressesOf(host = "localhost"): string[] {
  return host.toLowerCase() === "localhost" ? ["127.0.0.1", "::1"] : [host];
}

/** The names of this machine that a Host header may contain, without the port. */
export function localNames(host = "localhost"): string[] {
  return [...new Set(["localhost", "127.0.0.1", "[::1]", isIP(host) === 6 ? `[${host}]` : host.toLowerCase()])];
}

/** Starts one server for each address, all on one port; 0: one that is free at all addresses. Throws ListenError. */
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
      // A machine without IPv6 has only the first address.
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

/** The URL of the first server, with the host name that users know. */
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
      t("Choose another port, or stop the program that uses it."),
    );
  if (code === "EACCES")
    return new ListenError(
      t("You do not have permission to use port {0}.", port),
      t("Choose a port number of 1024 or higher."),
    );
  return new ListenError(
    t("The endpoint cannot listen on {0}, port {1} ({2}).", address, port, code),
    t("Choose another host or port."),
  );
}
