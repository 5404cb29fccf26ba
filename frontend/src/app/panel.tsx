// The settings beside the sheet: of a chart to be added, or of the chart that is selected.
import { useEffect, useRef, useState } from "preact/hooks";
import { KINDS, kindInfo, type Kind } from "../charts/kinds";
import { EMPTY, fitted, missing, readRecipe, usualTitle, type Recipe } from "../charts/recipe";
import { describe, type Workspace } from "../model/workspace";
import { useObservable } from "../shared/observable";
import { Icon, IconButton } from "./icons";
import { Slots } from "./slots";

export function Panel({ workspace }: { workspace: Workspace }) {
  const editing = useObservable(workspace.editing);
  const panel = useObservable(workspace.panel);
  useObservable(workspace.sheets);
  useObservable(workspace.openSheet);
  if (!editing) return null;
  const close = () => void (workspace.panel.value = null);
  if (panel?.kind === "chart") return <ChartSettings key={panel.id} workspace={workspace} id={panel.id} onClose={close} />;
  if (panel?.kind === "add") return <NewChart workspace={workspace} onClose={close} />;
  return workspace.mayEdit(workspace.sheet) ? <Idle workspace={workspace} /> : <OwnSheets workspace={workspace} />;
}

/** Beside a sheet of the owner's: what a viewer can make for himself. */
function OwnSheets({ workspace }: { workspace: Workspace }) {
  return (
    <aside class="panel is-idle" aria-label="Your own sheets">
      <button type="button" class="button is-primary is-wide" data-testid="add-own-sheet" onClick={() => void workspace.addSheet()}>
        <Icon name="plus" size={18} />
        <span>New sheet of your own</span>
      </button>
      <p class="panel-hint">This sheet is the owner's. On sheets of your own you put charts as you like; nobody else sees them, and they stay when you come back.</p>
    </aside>
  );
}

function Idle({ workspace }: { workspace: Workspace }) {
  return (
    <aside class="panel is-idle" aria-label="Edit the sheet">
      <button
        type="button"
        class="button is-primary is-wide"
        data-testid="add-chart"
        disabled={!workspace.sheet}
        onClick={() => void (workspace.panel.value = { kind: "add" })}
      >
        <Icon name="plus" size={18} />
        <span>Add a chart</span>
      </button>
      <p class="panel-hint" id="arrange-help">
        Select a chart to change it. Drag it to move it, drag its edges to resize it; or use the arrow keys, with Shift to resize.
      </p>
    </aside>
  );
}

function Frame({ title, onClose, children }: { title: string; onClose: () => void; children: preact.ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  return (
    <aside class="panel" aria-label={title} data-testid="panel" onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <div class="panel-head">
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <IconButton icon="close" label="Close" onClick={onClose} testId="close-panel" />
      </div>
      {children}
      <span id="arrange-help" hidden>
        Arrow keys move the chart, with Shift they resize it.
      </span>
    </aside>
  );
}

function NewChart({ workspace, onClose }: { workspace: Workspace; onClose: () => void }) {
  const [recipe, setRecipe] = useState<Recipe | null>(null);
  const [busy, setBusy] = useState(false);
  const choose = (kind: Kind) => setRecipe(fitted({ ...(recipe ?? EMPTY), kind }));
  const lacking = recipe && missing(recipe);
  const add = async () => {
    if (!recipe) return;
    setBusy(true);
    try {
      await workspace.addChart(recipe);
    } catch (error) {
      workspace.toast.value = { text: `The chart could not be added: ${describe(error)}`, isError: true };
      setBusy(false);
    }
  };
  return (
    <Frame title="Add a chart" onClose={onClose}>
      <div class="panel-body">
        <Kinds chosen={recipe?.kind ?? null} onChoose={choose} />
        {recipe && <Slots workspace={workspace} recipe={recipe} onChange={setRecipe} />}
      </div>
      {recipe && (
        <div class="panel-foot">
          <span class="panel-lack" aria-live="polite">
            {lacking}
          </span>
          <button type="button" class="button is-primary" data-testid="create-chart" disabled={Boolean(lacking) || busy} onClick={() => void add()}>
            Add to sheet
          </button>
        </div>
      )}
    </Frame>
  );
}

function Kinds({ chosen, onChoose }: { chosen: Kind | null; onChoose: (kind: Kind) => void }) {
  return (
    <div class="kinds" role="radiogroup" aria-label="Type of chart">
      {KINDS.map(({ kind, label, hint }) => (
        <button
          key={kind}
          type="button"
          role="radio"
          aria-checked={kind === chosen}
          class="kind"
          title={hint}
          data-testid={`kind-${kind}`}
          onClick={() => onChoose(kind)}
        >
          <Icon name={kind} size={26} />
          <span>{label}</span>
        </button>
      ))}
    </div>
  );
}

function ChartSettings({ workspace, id, onClose }: { workspace: Workspace; id: string; onClose: () => void }) {
  const steps = useObservable(workspace.history.steps);
  const [recipe, setRecipe] = useState<Recipe | null>(null);
  const working = useRef(0);
  useEffect(() => {
    if (working.current > 0) return;
    void workspace
      .properties(id)
      .then((properties) => setRecipe(readRecipe(properties)))
      .catch(onClose);
  }, [id, steps]);
  const change = async (next: Recipe) => {
    setRecipe(next);
    if (missing(next)) return;
    working.current++;
    await workspace.changeChart(id, next);
    if (--working.current === 0) setRecipe(readRecipe(await workspace.properties(id)));
  };
  if (!recipe) {
    return (
      <Frame title="Chart" onClose={onClose}>
        <div class="panel-body">
          <span class="skeleton panel-bone" />
          <span class="skeleton panel-bone" />
        </div>
      </Frame>
    );
  }
  const lacking = missing(recipe);
  return (
    <Frame title={kindInfo(recipe.kind).label} onClose={onClose}>
      <div class="panel-body">
        <label class="field">
          <span class="field-name">Title</span>
          <input
            class="input"
            data-testid="chart-title"
            value={recipe.title}
            placeholder={usualTitle(recipe)}
            maxLength={200}
            onChange={(event) => void change({ ...recipe, title: event.currentTarget.value })}
          />
        </label>
        <Slots workspace={workspace} recipe={recipe} onChange={(next) => void change(next)} />
        <details class="more">
          <summary>Change the type</summary>
          <Kinds chosen={recipe.kind} onChoose={(kind) => void change(fitted({ ...recipe, kind }))} />
        </details>
        {lacking && <p class="panel-lack">{lacking}</p>}
      </div>
      <div class="panel-foot">
        {workspace.canPublish && kindInfo(recipe.kind).load && (
          <button type="button" class="button" onClick={() => void (workspace.publishing.value = { object: id })}>
            <Icon name="globe" size={18} />
            <span>Publish</span>
          </button>
        )}
        <button type="button" class="button" onClick={() => void workspace.duplicateChart(id)}>
          <Icon name="copy" size={18} />
          <span>Duplicate</span>
        </button>
        <button type="button" class="button is-danger" onClick={() => void workspace.removeChart(id)}>
          <Icon name="trash" size={18} />
          <span>Remove</span>
        </button>
      </div>
    </Frame>
  );
}
