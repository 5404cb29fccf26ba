// An expression of one's own, checked by the engine while it is written.
import { useEffect, useRef, useState } from "preact/hooks";
import { causeOf } from "../charts/problems";
import type { Workspace } from "../model/workspace";

const PAUSE_MS = 250;

interface ExpressionProps {
  workspace: Workspace;
  text: string;
  onDone: (text: string) => void;
  onFields: () => void;
}

type Verdict = { kind: "empty" } | { kind: "checking" } | { kind: "good" } | { kind: "bad"; why: string };

export function Expression({ workspace, text: first, onDone, onFields }: ExpressionProps) {
  const [text, setText] = useState(first);
  const verdict = useVerdict(workspace, text.trim());
  const input = useRef<HTMLTextAreaElement>(null);
  useEffect(() => input.current?.focus(), []);
  const done = () => verdict.kind === "good" && onDone(text.trim());
  return (
    <div class="chooser">
      <label class="field">
        <span class="field-name">Expression</span>
        <textarea
          ref={input}
          class={verdict.kind === "bad" ? "input is-code is-wrong" : "input is-code"}
          rows={3}
          spellcheck={false}
          placeholder="Sum(distance) / Count(flight)"
          data-testid="expression"
          aria-invalid={verdict.kind === "bad"}
          aria-describedby="expression-verdict"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey) return;
            event.preventDefault();
            done();
          }}
        />
      </label>
      <p class={`verdict is-${verdict.kind}`} id="expression-verdict" role="status" data-testid="expression-verdict">
        {verdict.kind === "bad" ? verdict.why : verdict.kind === "good" ? "Looks right." : verdict.kind === "checking" ? "Checking…" : "Fields with spaces go in [brackets]."}
      </p>
      <div class="chooser-foot">
        <button type="button" class="link" onClick={onFields}>
          Choose a field instead
        </button>
        <button type="button" class="button is-small" data-testid="use-expression" disabled={verdict.kind !== "good"} onClick={done}>
          Use it
        </button>
      </div>
    </div>
  );
}

function useVerdict(workspace: Workspace, text: string): Verdict {
  const [verdict, setVerdict] = useState<Verdict>({ kind: "empty" });
  const opened = workspace.opened.value;
  useEffect(() => {
    if (text === "" || text === "=" || !opened) {
      setVerdict({ kind: "empty" });
      return undefined;
    }
    let isOld = false;
    setVerdict({ kind: "checking" });
    const timer = setTimeout(async () => {
      try {
        const why = await causeOf(opened.doc, text);
        if (!isOld) setVerdict(why === null ? { kind: "good" } : { kind: "bad", why });
      } catch (error) {
        if (!isOld) setVerdict({ kind: "bad", why: error instanceof Error ? error.message : "It could not be checked." });
      }
    }, PAUSE_MS);
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [text, opened]);
  return verdict;
}
