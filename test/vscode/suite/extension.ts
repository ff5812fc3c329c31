/** The extension under test, as it is installed. */
export const EXTENSION_ID = "nemotron-local.nemotron-local";
