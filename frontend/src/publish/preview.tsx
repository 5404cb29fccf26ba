// The preview: the picture as it will be, what to be careful about, and every number and text that leaves.
import type { Snapshot, View } from "../public/snapshot";
import { Icon } from "../app/icons";
import type { Stage } from "./publication";

export function PreviewPane({ stage }: { stage: Stage }) {
  if (stage.kind === "problem") {
    return (
      <div class="publish-problem" role="alert" data-testid="publish-problem">
        <Icon name="warning" size={22} />
        <p>{stage.text}</p>
      </div>
    );
  }
  if (stage.kind !== "ready") {
    return (
      <div class="publish-waiting" role="status">
        <span class="skeleton publish-bone" />
        <p>Preparing the preview…</p>
      </div>
    );
  }
  const { snapshot, card } = stage.preview;
  return (
    <div class="publish-preview" data-testid="publish-preview">
      <img class="publish-picture" alt={snapshot.views[0]?.words ?? ""} src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(card)}`} />
      {stage.cautions.length > 0 && (
        <ul class="publish-cautions" data-testid="publish-cautions">
          {stage.cautions.map(({ kind, text }) => (
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
        <ViewTable key={at} snapshot={snapshot} view={view} isOpen={at === 0} />
      ))}
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

function ViewTable({ snapshot, view, isOpen }: { snapshot: Snapshot; view: View; isOpen: boolean }) {
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
                <th key={at} scope="col">
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
