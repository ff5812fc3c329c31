/** Messages between the page and the host are checked where they arrive: by zod schemas that are tied to their types. */
import * as z from "zod/mini";

/** The content security policy forbids code made from text, with which zod would go faster. */
z.config({ jitless: true });

/** A schema for each field of T. One that is missing, or is of another type, does not compile. */
type Fields<T> = { [K in keyof T]-?: z.ZodMiniType<T[K]> };

/** An object with these fields. Others are left out. */
export const object = <T>(fields: Fields<T>): z.ZodMiniType<T> => z.object(fields) as unknown as z.ZodMiniType<T>;

/** A schema for each type of message, of its fields beside `type`. */
type Schemas<M extends { type: string }> = {
  [Type in M["type"]]: z.ZodMiniType<Omit<Extract<M, { type: Type }>, "type">>;
};

/** Returns a function that reads a message: it returns undefined for anything that is not shaped like one. */
export function reader<M extends { type: string }>(schemas: Schemas<M>): (value: unknown) => M | undefined {
  return (value) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, "type")) return undefined;
    const { type } = value as { type: M["type"] };
    if (!Object.hasOwn(schemas, type)) return undefined;
    const { success, data } = schemas[type].safeParse(value);
    return success ? ({ type, ...data } as unknown as M) : undefined;
  };
}
