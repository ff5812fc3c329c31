import type { Token } from "markdown-it";

export type Tokens = Token[];
