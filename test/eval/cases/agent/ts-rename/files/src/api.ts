const users = new Map([[1, "Ada"], [2, "Grace"]]);

export function fetchUser(id: number): string | undefined {
  return users.get(id);
}
