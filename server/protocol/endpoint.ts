/** The OpenAI-compatible API server, through which other programs on this machine use the loaded model. */

/** Starts the API server, or moves it to another port. It listens only on this machine. */
export type StartEndpointParams = {
  /** 0: any free port. */
  port: number;
  /** Required in every request, if given. Never logged. */
  apiKey?: string;
};
/** `url`: the base URL for clients, `http://localhost:8000/v1`. */
export type StartEndpointResult = { url: string };
