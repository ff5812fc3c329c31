/** Remote engines: how to name one, and what a user must know before anything is sent there. */

/** An OpenAI-compatible endpoint. */
export type RemoteEndpoint = {
  /** For example `https://host/v1`: the base of the OpenAI API's paths `/models` and `/chat/completions`. */
  baseUrl: string;
  /** The endpoint's name for it. Left out: the only one, or the first, that it offers. */
  model?: string;
  /** Never logged, and sent only to the endpoint. */
  apiKey?: string;
};

export type RemoteHost = {
  /** With its port, if that is not the default. */
  host: string;
  /** It is another machine. */
  leavesMachine: boolean;
  /** TLS. */
  encrypted: boolean;
};
