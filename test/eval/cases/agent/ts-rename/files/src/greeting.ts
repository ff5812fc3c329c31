import { fetchUser } from "./api";

export const greeting = (id: number) => `Hello, ${fetchUser(id) ?? "stranger"}!`;
