/** The id of the installed extension under test. */
export const EXTENSION_ID = "nemotron-local.nemotron-local";

/** Polls until something is there, for a minute. Rejects with the name of what was wanted. */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<NonNullable<T>> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Timed out waiting for: ${what}.`);
}
