/** Remote engines: how to name one, and what a user must know before anything is sent there. */

/** An OpenAI-compatible endpoint. */
export type RemoteEndpoint = {
  /** For example `https://host/v1`: the base of the OpenAI API's paths `/models` and `/chat/completions`. */
  baseUrl: string;
  /** The endpoint's name for the model. Left out: the first model that the endpoint offers. */
  model?: string;
  /** Never logged, and sent only to the endpoint. */
  apiKey?: string;
};

/** What a user must know about an endpoint. */
export type RemoteHost = {
  /** The host, with its port unless that is the default. */
  host: string;
  /** Whether the host is another machine. */
  leavesMachine: boolean;
  /** Whether the connection uses TLS. */
  encrypted: boolean;
};
