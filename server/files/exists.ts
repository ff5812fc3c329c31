import { stat } from "node:fs/promises";

/** Whether there is a file or folder. False for a broken link, and for a path that cannot be examined. */
export const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
