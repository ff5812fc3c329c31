/** Messages between the page and the host are checked where they arrive, by zod schemas tied to their types. */
import * as z from "zod/mini";

/** To be faster, zod would compile code from text, which the content security policy forbids. */
z.config({ jitless: true });

/** A schema for each field of T. A missing schema, or one of another type, does not compile. */
type Fields<T> = { [K in keyof T]-?: z.ZodMiniType<T[K]> };

/** An object with these fields. Others are left out. */
export const object = <T>(fields: Fields<T>): z.ZodMiniType<T> => z.object(fields) as unknown as z.ZodMiniType<T>;

/** A schema for each type of message. It describes the fields other than `type`. */
type Schemas<M extends { type: string }> = {
  [Type in M["type"]]: z.ZodMiniType<Omit<Extract<M, { type: Type }>, "type">>;
};

/** Returns a function that reads a message. The function returns undefined for anything else. */
export function reader<M extends { type: string }>(schemas: Schemas<M>): (value: unknown) => M | undefined {
  return (value) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, "type")) return undefined;
    const { type } = value as { type: M["type"] };
    if (!Object.hasOwn(schemas, type)) return undefined;
    const { success, data } = schemas[type].safeParse(value);
    return success ? ({ type, ...data } as unknown as M) : undefined;
  };
}
