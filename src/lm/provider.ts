/** Offers the model to other extensions and VS Code's own chat. It starts nothing until it is used. */
import { t } from "@vscode/l10n";
import {
  CancellationError,
  type CancellationToken,
  type Disposable,
  EventEmitter,
  type LanguageModelChatProvider,
  type LanguageModelChatRequestMessage,
  LanguageModelChatToolMode,
  type LanguageModelResponsePart,
  type Progress,
  type ProvideLanguageModelChatResponseOptions,
  workspace,
} from "vscode";
import { BUDGETS } from "../../media/messages.ts";
import type { ChatParams } from "../../server/protocol.ts";
import type { Server } from "../client/server.ts";
import { loadParams, sampling, setting, thinking } from "../config.ts";
import { budgetLabel } from "../text/budgets.ts";
import { cutOffError, languageModelError } from "./errors.ts";
import { type Information, information } from "./information.ts";
import { conversationOf, messagesOf } from "./messages.ts";
import { CONFIGURED, type Options, replyOptions } from "./options.ts";
import { sourceMessage } from "./parts.ts";
import { ReplyParts } from "./replyParts.ts";

/** `configurationSchema`: what the user can set in the model picker. A VS Code that does not know it ignores it. */
type ConfigurableInformation = Information & { configurationSchema: object };
/** `modelConfiguration`: what the user has set there. */
type ResponseOptions = ProvideLanguageModelChatResponseOptions & { readonly modelConfiguration?: Options };

export class LanguageModelProvider implements LanguageModelChatProvider<ConfigurableInformation>, Disposable {
  private readonly server: Server;
  private readonly changed = new EventEmitter<void>();
  private readonly listeners: Disposable[];
  /** The last information, as JSON. Undefined until VS Code asks: number formats would slow down activation. */
  private reported: string | undefined;
  readonly onDidChangeLanguageModelChatInformation = this.changed.event;

  constructor(server: Server) {
    this.server = server;
    this.listeners = [
      server.onStatus(() => this.reportChanges()),
      workspace.onDidChangeConfiguration((event) => event.affectsConfiguration("nemotron") && this.reportChanges()),
    ];
  }

  /** There is always one model. Its use without a chosen model fails with an error that says what to do. */
  provideLanguageModelChatInformation(): ConfigurableInformation[] {
    const now = this.information();
    this.reported = JSON.stringify(now);
    return [{ ...now, configurationSchema: thinkingSchema() }];
  }

  async provideLanguageModelChatResponse(
    _: Information,
    messages: readonly LanguageModelChatRequestMessage[],
    options: ResponseOptions,
    progress: Progress<LanguageModelResponsePart>,
    token: CancellationToken,
  ): Promise<void> {
    const parts = new ReplyParts(progress);
    try {
      const params = chatParams(messages, options);
      const { stopReason, usage } = await this.server.chat(params, (part) => parts.add(part), token).result;
      if (stopReason === "length" && params.maxTokens === undefined) throw cutOffError(usage);
    } catch (error) {
      if (token.isCancellationRequested) throw new CancellationError();
      throw languageModelError(error, loadParams() !== undefined);
    }
  }

  async provideTokenCount(
    _: Information,
    text: string | LanguageModelChatRequestMessage,
    token: CancellationToken,
  ): Promise<number> {
    try {
      if (typeof text === "string") return (await this.server.countTokens({ texts: [text] }, token)).texts[0]!;
      return (await this.server.countTokens({ messages: messagesOf(sourceMessage(text)) }, token)).messages;
    } catch (error) {
      if (token.isCancellationRequested) throw new CancellationError();
      throw languageModelError(error, loadParams() !== undefined);
    }
  }

  dispose(): void {
    this.changed.dispose();
    for (const listener of this.listeners) listener.dispose();
  }

  private information(): Information {
    return information(this.server.status, loadParams(), setting("contextTokens"));
  }

  private reportChanges(): void {
    if (this.reported === undefined) return;
    const now = JSON.stringify(this.information());
    if (now === this.reported) return;
    this.reported = now;
    this.changed.fire();
  }
}

/** Sends the caller's own system prompt, and no other. */
function chatParams(messages: readonly LanguageModelChatRequestMessage[], options: ResponseOptions): ChatParams {
  const settings = { thinking: thinking("chat"), sampling: sampling() };
  const tools = options.tools?.map(({ name, description, inputSchema }) => ({
    name,
    description,
    parameters: inputSchema,
  }));
  return {
    messages: conversationOf(messages.map(sourceMessage)),
    ...replyOptions(options.modelOptions ?? {}, options.modelConfiguration ?? {}, settings),
    ...(tools && tools.length > 0 && { tools }),
    ...(options.toolMode === LanguageModelChatToolMode.Required && { toolChoice: "required" as const }),
  };
}

/** The picker's default: the setting for the chat counts. */
const BY_SETTINGS = "settings";

/**
 * The JSON schema of the model's settings in the model picker: the thinking budget. `group` and `enumItemLabels` are
 * for VS Code's picker (LanguageModelConfigurationSchema, 1.139).
 */
function thinkingSchema(): object {
  const labels = BUDGETS.map(budgetLabel);
  const thinking = {
    type: "string",
    title: t("Thinking budget"),
    description: t("How much the model may think before it answers, in tokens."),
    group: "navigation",
    enum: [BY_SETTINGS, ...BUDGETS],
    enumItemLabels: [t("Default thinking"), ...labels.map(({ label }) => label)],
    enumDescriptions: [t("uses the setting for the chat"), ...labels.map(({ description }) => description)],
    default: BY_SETTINGS,
  };
  return { type: "object", properties: { [CONFIGURED]: thinking } };
}
