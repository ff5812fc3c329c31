/** `POST /v1/chat/completions`: OpenAI's chat completions. */
import type { Api } from "../exchange/exchange.ts";
import { parseBody } from "./body.ts";
import { chunksOf, completionOf } from "./completion.ts";
import { requestOf } from "./request.ts";

export const chatCompletions: Api = {
  read: (given) => {
    const body = parseBody(given);
    const singleCall = body.parallel_tool_calls === false;
    const includeUsage = body.stream_options?.include_usage === true;
    return {
      model: body.model,
      streams: body.stream === true,
      request: requestOf(body),
      whole: (events, { id: model }) => completionOf(events, { model, singleCall }),
      chunks: (events, { id: model }) => chunksOf(events, { model, singleCall, includeUsage }),
      failed: (error) => error.body,
    };
  },
  frame: (data) => `data: ${JSON.stringify(data)}\n\n`,
  end: "data: [DONE]\n\n",
};
