import { fetchUser } from "./api";

export const exists = (id: number) => fetchUser(id) !== undefined;
