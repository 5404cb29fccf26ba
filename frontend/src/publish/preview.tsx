// The preview: the picture as it will be, what to be careful about, and every number and text that leaves.
import type { Snapshot, View } from "../public/snapshot";
import { Icon } from "../app/icons";
import type { Differences, Stage } from "./publication";

const MOST_NAMED = 12;
const PARTS: Record<string, string> = { kind: "the kind of chart", look: "the look", measures: "measures", levels: "levels", filters: "filters", title: "title", note: "note", source: "source", language: "language", theme: "colours" };

export function PreviewPane({ stage }: { stage: Stage }) {
  if (stage.kind === "problem") {
    return (
      <div class="publish-problem" role="alert" data-testid="publish-problem">
        <Icon name="warning" size={22} />
        <p>{stage.text}</p>
      </div>
    );
  }
  if (stage.kind !== "ready" && stage.kind !== "live") {
    return (
      <div class="publish-waiting" role="status">
        <span class="skeleton publish-bone" />
        <p>Preparing the preview…</p>
      </div>
    );
  }
  const { snapshot, card } = stage.preview;
  const { cautions, differences, smallChanges } = stage.kind === "ready" ? stage : { cautions: [], differences: null, smallChanges: 0 };
  const unseen = new Set(differences?.new);
  return (
    <div class="publish-preview" data-testid="publish-preview">
      {stage.kind === "live" && <p class="publish-now">This is what readers see now. Change something on the left, and you see here what they would see.</p>}
      {differences && <Difference differences={differences} smallChanges={smallChanges} />}
      <img class="publish-picture" alt={snapshot.views[0]?.words ?? ""} src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(card)}`} />
      {cautions.length > 0 && (
        <ul class="publish-cautions" data-testid="publish-cautions">
          {cautions.map(({ kind, text }) => (
            <li key={text} data-kind={kind}>
              <Icon name="warning" size={18} />
              <span>{text}</span>
            </li>
          ))}
        </ul>
      )}
      <h3>Everything that leaves</h3>
      <p class="panel-hint">These texts and numbers, and nothing else of the app. What a table shows in brackets is the number behind the text.</p>
      <Texts snapshot={snapshot} />
      {snapshot.views.map((view, at) => (
        <ViewTable key={at} snapshot={snapshot} view={view} unseen={unseen} isOpen={at === 0} />
      ))}
    </div>
  );
}

/** What readers would see that they do not see now, and the other way round. */
function Difference({ differences, smallChanges }: { differences: Differences; smallChanges: number }) {
  const named = (labels: string[]) => labels.slice(0, MOST_NAMED).join(", ") + (labels.length > MOST_NAMED ? ` and ${labels.length - MOST_NAMED} more` : "");
  const others = [...differences.shape, ...differences.texts].map((part) => PARTS[part] ?? part);
  const lines = [
    others.length > 0 && `Changed: ${others.join(", ")}.`,
    differences.new.length > 0 && `New: ${named(differences.new)}.`,
    differences.gone.length > 0 && `Not shown any more: ${named(differences.gone)}.`,
    differences.changed > 0 && `Groups with other numbers: ${differences.changed}.`,
    smallChanges > 0 && `Groups changed by so few values that the difference to what was shown before tells of them: ${smallChanges}.`,
  ].filter(Boolean);
  return (
    <div class="publish-now" data-testid="publish-difference">
      <strong>The difference to what readers see now</strong>
      {lines.length === 0 ? <p>None.</p> : lines.map((line) => <p key={line}>{line}</p>)}
    </div>
  );
}

function Texts({ snapshot }: { snapshot: Snapshot }) {
  const rows: [string, string][] = [
    ["Title", snapshot.title],
    ["Note", snapshot.note],
    ["Source", snapshot.source],
    ["Date", snapshot.date],
    ["Measures", snapshot.measures.map(({ label }) => label).join(", ")],
    ["Levels", snapshot.levels.map(({ label, dimensions }) => `${label} (${dimensions.join(", ")})`).join("; ")],
    ...snapshot.filters.map(({ label, values }): [string, string] => [`Filter ${label}`, values.join(", ")]),
  ];
  return (
    <dl class="publish-texts">
      {rows
        .filter(([, text]) => text)
        .map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="auto">{text}</dd>
          </div>
        ))}
    </dl>
  );
}

function ViewTable({ snapshot, view, unseen, isOpen }: { snapshot: Snapshot; view: View; unseen: Set<string>; isOpen: boolean }) {
  const level = snapshot.levels[view.level]!;
  const chosen = view.filters.flatMap((place, at) => (place >= 0 ? [`${snapshot.filters[at]!.label}: ${snapshot.filters[at]!.values[place]}`] : []));
  return (
    <details open={isOpen} class="publish-view">
      <summary>
        {[level.label || "Total", ...chosen].join(" · ")} <span class="panel-hint">{view.rows.length} rows</span>
      </summary>
      <p class="panel-hint">{view.words}</p>
      <div class="publish-rows" tabIndex={0} role="region" aria-label={level.label || "Total"}>
        <table>
          <thead>
            <tr>
              {[...level.dimensions, ...snapshot.measures.map(({ label }) => label)].map((name, at) => (
                <th key={at} scope="col" class={at >= level.dimensions.length ? "is-number" : ""}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {view.rows.map(([labels, figures], row) => (
              <tr key={row}>
                {labels.map((label, at) => (
                  <td key={at} dir="auto">
                    {label}
                    {unseen.has(label) && <span class="publish-new">new</span>}
                  </td>
                ))}
                {figures.map(([number, text], at) => (
                  <td key={at} class="is-number">
                    {text}
                    {number !== null && text.replace(/[^\d]/g, "") !== String(number).replace(/[^\d]/g, "") && <small> ({number})</small>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
