/** `POST /v1/responses`: OpenAI's Responses. */
import { ApiError } from "../exchange/errors.ts";
import { type Api, namedEvent } from "../exchange/exchange.ts";
import { collect, partsOf, wholeParts } from "../exchange/replyParts.ts";
import { type Body, type Item, itemsOf, parseBody } from "./body.ts";
import { requestOf } from "./request.ts";
import { GrowingResponse } from "./response.ts";
import { ResponseStore } from "./store.ts";

/** The API with its own memory of responses. */
export function createResponses(): Api {
  const store = new ResponseStore();
  return {
    read: (given, client, { id: model }) => {
      const body = parseBody(given);
      const items = [...earlierItems(body, client, store), ...itemsOf(body)];
      const singleCall = body.parallel_tool_calls === false;
      const response = new GrowingResponse(body, model);
      const keep = () => {
        if (body.store !== false) store.set(response.id, client, [...items, ...response.output]);
      };
      return {
        model: body.model,
        streams: body.stream === true,
        request: requestOf(body, items),
        whole: async (events) => {
          const { response: last } = await lastOf(response.events(wholeParts(await collect(events, singleCall))));
          keep();
          return last;
        },
        chunks: async function* (events) {
          for await (const event of response.events(partsOf(events, singleCall))) {
            // Before the client hears of the end: it may ask the next question at once.
            if (event && /^response\.(completed|incomplete)$/.test(event.type)) keep();
            yield event;
          }
        },
        failed: (error) => response.failed(error),
      };
    },
    frame: namedEvent,
    end: "",
  };
}

function earlierItems({ previous_response_id: id }: Body, client: string, store: ResponseStore): Item[] {
  if (!id) return [];
  const items = store.get(id, client);
  if (items) return items;
  throw new ApiError(400, `Previous response with id ${JSON.stringify(id)} not found.`, {
    code: "previous_response_not_found",
    param: "previous_response_id",
  });
}

async function lastOf(events: AsyncIterable<object | undefined>): Promise<{ response: object }> {
  let last: object | undefined;
  for await (const event of events) last = event;
  return last as { response: object };
}
