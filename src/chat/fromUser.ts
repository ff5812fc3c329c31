/** Does what the page asks for, as far as it does not concern the page itself. */
import { commands, env, Uri } from "vscode";
import type { ToHost } from "../../media/messages.ts";
import type { Server } from "../client/server.ts";
import { attachPicked, attachUris } from "../context/attach.ts";
import type { Attachments } from "../context/attachments.ts";
import type { FileSearch } from "../context/fileSearch.ts";
import type { AppliedCode } from "../edit/applyCode.ts";
import { runCodeAction } from "../edit/codeBlocks.ts";
import { commandId } from "../errors/remedies.ts";
import type { Downloads } from "../models/downloads.ts";
import type { Chat } from "./chat.ts";
import type { Composer } from "./composer.ts";
import { urisIn } from "./conversation.ts";
import { namedAbove } from "./namedAbove.ts";
import { openLink, openName, openSource } from "./openSource.ts";

/** The parts that the chat's view and commands work with. */
export type ChatParts = {
  server: Server;
  downloads: Downloads;
  chat: Chat;
  composer: Composer;
  attachments: Attachments;
  files: FileSearch;
  /** Proposes a code block as an edit of the file that it belongs to. */
  applyCode: (applied: AppliedCode) => Promise<void>;
};

/** Messages of the page about what it shows, which its view handles. */
type OfThePage = "ready" | "focused" | "searchFiles";

/** Rejects with an Error in words for the user, or a ServerError. */
export async function handle(message: Exclude<ToHost, { type: OfThePage }>, parts: ChatParts): Promise<void> {
  const { chat, composer, attachments, files } = parts;
  switch (message.type) {
    case "send":
      return send(parts, message.text);
    case "draft":
      return composer.setDraft(message.text);
    case "stop":
      return chat.stop();
    case "answerNow":
      return chat.answerNow();
    case "addBudget":
      return chat.addBudget(message.tokens);
    case "regenerate":
      return chat.regenerate(message.turn, message.budget);
    case "continue":
      return chat.continue(message.turn);
    case "showVersion":
      return chat.showVersion(message.turn, message.version);
    case "unqueue":
      return attachments.add(chat.unqueue(message.id)?.sources ?? []);
    case "sendQueued":
      return chat.sendQueued();
    case "resend":
      return chat.resend(message.turn, message.text);
    case "setBudget":
      return chat.setBudget(message.budget);
    case "attach":
      return attachPicked(attachments, files);
    case "attachFiles":
      return attachUris(
        attachments,
        message.uris.map((uri) => Uri.parse(uri)),
      );
    case "removeAttachment":
      return attachments.remove(message.id);
    case "drop":
      return attachments.remove(message.attachment);
    case "code":
      if (message.action === "apply") return apply(parts, message.code, message.language);
      return runCodeAction(message.action, message.code, message.language);
    case "copyReply":
      return void env.clipboard.writeText(chat.turn(message.turn)?.reply.answer ?? "");
    case "openReference": {
      const source = chat.turn(message.turn)?.sources[message.index];
      return source && openSource(source);
    }
    case "openName": {
      const turn = chat.turn(message.turn);
      return turn && openName(turn, message.name);
    }
    case "openLink":
      return openLink(message.href);
    case "setMode":
      return chat.setMode(message.mode);
    case "setAgentBudget":
      return chat.setAgentBudget(message.which, message.budget);
    case "chooseTools":
      return chat.agent.chooseTools(parts.server);
    case "approve":
    case "restoreStep":
    case "regenerateStep":
    case "continueAgent":
    case "undoTurn":
    case "keepTurn":
    case "openChanges":
    case "openChange":
      return chat.agent.receive(message);
    case "command":
      await commands.executeCommand(commandId(message.command));
      return;
    default:
      message satisfies never;
  }
}

async function apply({ chat, applyCode }: ChatParts, code: string, language: string): Promise<void> {
  const { current } = chat;
  const answers = current.turns.map(({ reply }) => reply.answer).reverse();
  await applyCode({ code, language, named: namedAbove(answers, code), attached: urisIn(current) });
}

/** While the agent works, a message goes to it; attachments wait for the next question. */
async function send({ chat, composer }: ChatParts, text: string): Promise<void> {
  if (!chat.isAgentWorking) return chat.ask(text, composer.take());
  composer.setDraft("");
  // It may just have ended, or wait for the model.
  await chat.agent.say(chat.current, text).catch(() => chat.ask(text, composer.take()));
}
