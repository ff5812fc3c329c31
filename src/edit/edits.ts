/** The table of contents of editing: its parts, and what they are registered with. */
import { type ExtensionContext, languages } from "vscode";
import type { Server } from "../client/server.ts";
import { SYNCED_DOCUMENTS } from "../editor/schemes.ts";
import { EditActions } from "./actions.ts";
import type { EditCommandDeps } from "./commands.ts";
import { editContext } from "./context.ts";
import { ReviewDecorations } from "./decorations.ts";
import { EditRuns } from "./editRuns.ts";
import { EditLenses } from "./lenses.ts";
import { Originals } from "./originals.ts";
import { PendingStatus } from "./pending.ts";
import type { Reviews } from "./reviews.ts";
import { RunDecorations } from "./runDecorations.ts";

/** @param reviews which the agent's edits go to, too. */
export function createEdits(
  { subscriptions, globalState }: ExtensionContext,
  server: Server,
  reviews: Reviews,
): EditCommandDeps {
  const runs = new EditRuns(server, reviews);
  const originals = new Originals(reviews);
  const lenses = new EditLenses(reviews, runs);
  subscriptions.push(
    reviews,
    runs,
    originals,
    lenses,
    new ReviewDecorations(reviews),
    new RunDecorations(runs),
    new PendingStatus(reviews),
    editContext(reviews, runs),
    languages.registerCodeLensProvider(SYNCED_DOCUMENTS, lenses),
    languages.registerCodeActionsProvider(SYNCED_DOCUMENTS, new EditActions(), {
      providedCodeActionKinds: EditActions.kinds,
    }),
  );
  return { server, runs, reviews, originals, memento: globalState };
}
