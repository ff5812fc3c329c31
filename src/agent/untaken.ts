/** What the agent was told and has not taken in yet, so that it is not lost when the run ends. No VS Code API. */

export class Untaken {
  /** Oldest first. */
  private said: { text: string }[] = [];

  /**
   * Tells the agent.
   * @param send rejects if the agent has ended. Then this rejects, too, unless `takeAll` has handed the text back.
   */
  async say(text: string, send: (text: string) => Promise<void>): Promise<void> {
    const said = { text };
    // Before it is sent: that it was taken in may be known before the answer.
    this.said.push(said);
    try {
      await send(text);
    } catch (error) {
      if (!this.said.includes(said)) return;
      this.said = this.said.filter((each) => each !== said);
      throw error;
    }
  }

  /** The agent has taken in the oldest message. */
  taken(): void {
    this.said.shift();
  }

  /** The run has ended: hands back what it has not taken in. */
  takeAll(): string[] {
    return this.said.splice(0).map(({ text }) => text);
  }
}
