/** The page: the conversation or the welcome, banners, the composer. */
import { t } from "@vscode/l10n";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ApprovalCard } from "./composer/approval.tsx";
import { Composer, type ComposerHandle } from "./composer/composer.tsx";
import { DropTarget } from "./composer/dropTarget.tsx";
import { Overflow } from "./composer/overflow.tsx";
import { Find } from "./find/find.tsx";
import { onMessage } from "./host/host.ts";
import { ModelBanner } from "./model/banner.tsx";
import { Destination } from "./model/destination.tsx";
import { Welcome } from "./model/welcome.tsx";
import { Announcer } from "./page/announcer.tsx";
import { copyAsWritten } from "./page/copy.ts";
import { goTo } from "./page/go.ts";
import { Icon } from "./page/icon.tsx";
import { useFollowing } from "./page/scroll.ts";
import { runningTurn } from "./page/state.ts";
import { usePageState } from "./page/store.ts";
import { Turns } from "./turns/turns.tsx";

export function App() {
  const state = usePageState();
  const { conversation, model, composer } = state;
  const turns = conversation?.turns ?? [];
  const running = runningTurn(state);
  const { scroller, content, away, toEnd, stay } = useFollowing(conversation?.id);
  const [editing, setEditing] = useState<string>();
  const input = useRef<ComposerHandle | null>(null);

  useEffect(() => copyAsWritten(scroller.current!), []);
  useEffect(
    () =>
      onMessage((message) => {
        if (message.type !== "go" || message.to === "find") return;
        stay();
        // After the last turn comes the composer.
        if (!goTo(scroller.current!, message.to) && message.to === "nextTurn") input.current?.focus();
      }),
    [],
  );
  const endEditing = useCallback(() => {
    setEditing(undefined);
    input.current?.focus();
  }, []);
  const approval = running?.agent?.approval;
  const fill = useCallback((text: string) => input.current?.fill(text), []);
  const talk = useMemo(
    () => (
      <Turns
        turns={turns}
        running={running !== undefined}
        editing={editing}
        edit={setEditing}
        endEditing={endEditing}
      />
    ),
    [turns, running !== undefined, editing, endEditing],
  );

  return (
    <>
      <Find scope={scroller} onShow={stay} onClose={() => input.current?.focus()} />
      <main ref={scroller} class="talk" aria-label={t("Conversation")} aria-busy={running !== undefined}>
        <div ref={content} class="talk-content">
          {turns.length > 0 ? talk : model && conversation && <Welcome model={model} fill={fill} />}
        </div>
      </main>
      <div class="bottom">
        {away && turns.length > 0 && (
          <button
            type="button"
            class="to-end"
            onClick={toEnd}
            title={t("Jump to Latest")}
            aria-label={t("Jump to Latest")}
          >
            <Icon name="arrow-down" />
          </button>
        )}
        {model && <ModelBanner model={model} last={turns.at(-1)?.reply} />}
        {composer.overflow && <Overflow overflow={composer.overflow} />}
        {model && <Destination model={model} />}
        {running && approval && (
          <ApprovalCard
            key={approval.id}
            turn={running.id}
            approval={approval}
            toComposer={() => input.current?.focus()}
          />
        )}
        <Composer
          handle={input}
          composer={composer}
          model={model}
          running={running !== undefined}
          steered={running?.agent !== undefined}
          onSend={toEnd}
          editLast={() => !running && setEditing(turns.at(-1)?.id)}
        />
      </div>
      <Announcer turn={turns.at(-1)} />
      <DropTarget />
    </>
  );
}
