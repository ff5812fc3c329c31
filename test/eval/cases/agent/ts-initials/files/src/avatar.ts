import type { User } from "./user";

/** Up to two letters that stand for a user without a picture. */
export function initials(user: User): string {
  const words = user.name!.trim().split(/\s+/);
  return words
    .slice(0, 2)
    .map((word) => word[0].toUpperCase())
    .join("");
}
