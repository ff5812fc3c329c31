/** Calls work up to `times` times until it does not fail. */
export async function retry(work, times = 3) {
  for (let attempt = 1; ; attempt++) {
    try {
      return work();
    } catch (error) {
      if (attempt >= times) throw error;
    }
  }
}
