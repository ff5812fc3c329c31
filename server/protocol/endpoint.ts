/** The OpenAI-compatible endpoint, through which other programs on this machine use the loaded model. */

/** Starts it, or moves it to another port. It listens for this machine alone. */
export type StartEndpointParams = {
  /** 0: any that is free. */
  port: number;
  /** Needed by every request, when given. Never logged. */
  apiKey?: string;
};
/** `url`: what clients call the base URL, `http://localhost:8000/v1`. */
export type StartEndpointResult = { url: string };
