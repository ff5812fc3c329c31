import { stat } from "node:fs/promises";

/** Whether there is a file or folder; false for a link that leads nowhere. */
export const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
