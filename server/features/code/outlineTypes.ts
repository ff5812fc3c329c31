/** The parts of an outline. */

/** `container`: has members. `value`: neither a container nor a function. */
export type Group = "container" | "function" | "value";

/** A function, class or the like. Lines are 0-based, both inclusive. Siblings never share a line. */
export type Declaration = {
  name: string;
  /** The grammar's name for it. Equal kinds have equal names. */
  kind: string;
  group: Group;
  /** It is inside something without a name: a callback, an object. */
  nameless: boolean;
  /** The first line, with comments and decorators above it. */
  first: number;
  /** The first line without them. */
  declaration: number;
  last: number;
  /** Members of a class, functions inside a function. */
  children: Declaration[];
};

/** The declarations of a text. */
export type Outline = {
  declarations: Declaration[];
  /** Number of places that do not parse; 0 if unknown. */
  errors: number;
};
