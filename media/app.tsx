/** The page: the conversation or what comes before it, banners, the composer. */
import { t } from "@vscode/l10n";
import { useCallback, useMemo, useRef, useState } from "preact/hooks";
import { Composer, type ComposerHandle } from "./composer/composer.tsx";
import { DropTarget } from "./composer/dropTarget.tsx";
import { Overflow } from "./composer/overflow.tsx";
import { ModelBanner } from "./model/banner.tsx";
import { Destination } from "./model/destination.tsx";
import { Welcome } from "./model/welcome.tsx";
import { Announcer } from "./page/announcer.tsx";
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
  const { scroller, content, away, toEnd } = useFollowing(conversation?.id);
  const [editing, setEditing] = useState<string>();
  const input = useRef<ComposerHandle | null>(null);

  const endEditing = useCallback(() => {
    setEditing(undefined);
    input.current?.focus();
  }, []);
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
            title={t("Jump to latest")}
            aria-label={t("Jump to latest")}
          >
            <Icon name="arrow-down" />
          </button>
        )}
        {model && <ModelBanner model={model} last={turns.at(-1)?.reply} />}
        {composer.overflow && <Overflow overflow={composer.overflow} />}
        {model && <Destination model={model} />}
        <Composer
          handle={input}
          composer={composer}
          model={model}
          running={running !== undefined}
          onSend={toEnd}
          editLast={() => !running && setEditing(turns.at(-1)?.id)}
        />
      </div>
      <Announcer turn={turns.at(-1)} />
      <DropTarget />
    </>
  );
}
