// The left side of the publish dialogue: levels, filters, names, protection, texts, audience, refresh.
import { useEffect, useState } from "preact/hooks";
import { quoted, type FieldInfo } from "../model/fields";
import { describe, type Workspace } from "../model/workspace";
import { IconButton } from "../app/icons";
import { LANGUAGES, listed, plainName, type Audience, type Filter, type Plan } from "./wish";

const MOST_LEVELS = 6;
const MOST_FILTERS = 3;

interface PlanProps {
  plan: Plan;
  onChange: (change: Partial<Plan>) => void;
}

export function Section({ title, hint, children }: { title: string; hint?: string; children: preact.ComponentChildren }) {
  return (
    <fieldset class="publish-section">
      <legend>{title}</legend>
      {hint && <p class="panel-hint">{hint}</p>}
      {children}
    </fieldset>
  );
}

export function Text({ label, value, onChange, most = 200, long = false, id }: { label: string; value: string; onChange: (value: string) => void; most?: number; long?: boolean; id?: string }) {
  const shared = { class: "input", value, maxLength: most, "data-testid": id, onInput: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value) };
  return (
    <label class="field">
      <span class="field-name">{label}</span>
      {long ? <textarea rows={2} {...shared} /> : <input {...shared} />}
    </label>
  );
}

function Choice<T extends string>({ label, value, options, onChange, id }: { label: string; value: T; options: readonly (readonly [T, string])[]; onChange: (value: T) => void; id?: string }) {
  return (
    <label class="field">
      <span class="field-name">{label}</span>
      <select class="input" value={value} data-testid={id} onChange={(event) => onChange(event.currentTarget.value as T)}>
        {options.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function FieldChoice({ label, fields, onChoose, id }: { label: string; fields: FieldInfo[]; onChoose: (name: string) => void; id: string }) {
  return <Choice label={label} value="" id={id} options={[["", "Choose a field…"], ...fields.map(({ name }): [string, string] => [name, name])]} onChange={(name) => name && onChoose(name)} />;
}

export function Levels({ plan, fields, onChange }: PlanProps & { fields: FieldInfo[] }) {
  const add = (name: string) => {
    const key = quoted(name);
    onChange({ levels: [...plan.levels, { label: "", dimensions: [key] }], names: { [key]: name, ...plan.names } });
  };
  const keys = [...new Set(plan.levels.flatMap(({ dimensions }) => dimensions))];
  return (
    <Section title="Levels and names" hint="Readers may switch among these levels. Nothing finer leaves.">
      <ul class="publish-list">
        {plan.levels.map(({ dimensions }, at) => (
          <li key={dimensions.join()}>
            <span>{dimensions.map((key) => plan.names[key] || plainName(key)).join(", ") || "Total"}</span>
            {at === 0 ? <span class="panel-hint">the chart itself</span> : <IconButton icon="trash" size={16} label="Remove this level" onClick={() => onChange({ levels: plan.levels.filter((_, each) => each !== at) })} />}
          </li>
        ))}
      </ul>
      {plan.levels.length < MOST_LEVELS && <FieldChoice id="add-level" label="Add a level" fields={fields.filter(({ name }) => !plan.levels.some(({ dimensions }) => dimensions.join() === quoted(name)))} onChoose={add} />}
      {keys.map((key) => (
        <Text key={key} label={`Public name of ${plainName(key)}`} value={plan.names[key] ?? ""} onChange={(name) => onChange({ names: { ...plan.names, [key]: name } })} />
      ))}
      {plan.measures.map((name, at) => (
        <Text key={at} id={`measure-${at}`} label={`Public name of measure ${at + 1}`} value={name} onChange={(next) => onChange({ measures: plan.measures.map((old, each) => (each === at ? next : old)) })} />
      ))}
    </Section>
  );
}

export function Filters({ workspace, plan, fields, onChange }: PlanProps & { workspace: Workspace; fields: FieldInfo[] }) {
  const put = (at: number, filter: Filter | null) => onChange({ filters: plan.filters.flatMap((old, each) => (each === at ? (filter ? [filter] : []) : [old])) });
  const add = (name: string) => onChange({ filters: [...plan.filters, { field: name, label: name, values: [] }] });
  return (
    <Section title="Filters" hint="Readers may choose one of the values that you offer.">
      {plan.filters.map((filter, at) => (
        <FilterChoice key={filter.field} workspace={workspace} filter={filter} onChange={(next) => put(at, next)} />
      ))}
      {plan.filters.length < MOST_FILTERS && <FieldChoice id="add-filter" label="Add a filter" fields={fields.filter(({ name }) => !plan.filters.some(({ field }) => field === name))} onChoose={add} />}
    </Section>
  );
}

function FilterChoice({ workspace, filter, onChange }: { workspace: Workspace; filter: Filter; onChange: (filter: Filter | null) => void }) {
  const [values, setValues] = useState<string[] | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    workspace.valuesOf(filter.field).then(setValues, (error: unknown) => setProblem(describe(error)));
  }, [filter.field]);
  const toggle = (value: string, on: boolean) => onChange({ ...filter, values: (values ?? []).filter((each) => (each === value ? on : filter.values.includes(each))) });
  return (
    <div class="publish-filter">
      <div class="publish-filter-head">
        <Text label={`Public name of ${filter.field}`} value={filter.label} onChange={(label) => onChange({ ...filter, label })} />
        <IconButton icon="trash" size={16} label={`Remove the filter ${filter.field}`} onClick={() => onChange(null)} />
      </div>
      {problem && <p class="panel-lack">{problem}</p>}
      <div class="publish-values" role="group" aria-label={`Values of ${filter.field}`}>
        {(values ?? []).map((value) => (
          <label key={value}>
            <input type="checkbox" checked={filter.values.includes(value)} onChange={(event) => toggle(value, event.currentTarget.checked)} /> {value}
          </label>
        ))}
      </div>
    </div>
  );
}

export function Protection({ plan, fields, onChange }: PlanProps & { fields: FieldInfo[] }) {
  const units: [string, string][] = [["", "rows of the data"], ...fields.map(({ name }): [string, string] => [name, `different values of ${name}`])];
  return (
    <Section title="Protection" hint="Smaller groups are left out, and as many others as it takes that nothing about them follows.">
      <label class="field">
        <span class="field-name">A group has at least</span>
        <input class="input" type="number" min={1} max={10000} value={plan.minimum} data-testid="minimum" onInput={(event) => onChange({ minimum: Math.max(1, Number(event.currentTarget.value) || 1) })} />
      </label>
      <Choice label="of" value={plan.unit} options={units} onChange={(unit) => onChange({ unit })} />
      <label class="field">
        <span class="field-name">At most so many rows a view</span>
        <input class="input" type="number" min={1} max={2000} value={plan.rows} onInput={(event) => onChange({ rows: Math.min(2000, Math.max(1, Number(event.currentTarget.value) || 1)) })} />
      </label>
      {plan.selections.length > 0 && (
        <div class="publish-list-note">
          <p>
            Only this selection: {plan.selections.map(({ field, values }) => `${field} (${values.slice(0, 3).join(", ")}${values.length > 3 ? ", …" : ""})`).join("; ")}
          </p>
          <button type="button" class="link" onClick={() => onChange({ selections: [] })}>
            Publish all of the data instead
          </button>
        </div>
      )}
    </Section>
  );
}

export function Words({ plan, onChange }: PlanProps) {
  return (
    <Section title="What readers see">
      <Text id="publish-title" label="Title" value={plan.title} onChange={(title) => onChange({ title })} />
      <Text label="Note" long most={1000} value={plan.note} onChange={(note) => onChange({ note })} />
      <Text label="Source" most={300} value={plan.source} onChange={(source) => onChange({ source })} />
      <div class="publish-pair">
        <Choice label="Language" value={plan.language} options={LANGUAGES} onChange={(language) => onChange({ language })} />
        <Choice
          label="Colours"
          value={plan.theme}
          options={[
            ["auto", "As the reader's system"],
            ["light", "Light"],
            ["dark", "Dark"],
          ]}
          onChange={(theme) => onChange({ theme })}
        />
      </div>
    </Section>
  );
}

export function AudienceChoices({ audience, onChange }: { audience: Audience; onChange: (change: Partial<Audience>) => void }) {
  const wantsSites = audience.audience === "sites" || audience.embedding === "sites";
  return (
    <Section title="Who may see it">
      <Choice
        id="audience"
        label="Audience"
        value={audience.audience}
        options={[
          ["link", "Everyone with the link"],
          ["everyone", "Everyone, search engines too"],
          ["members", "Signed-in people"],
          ["list", "Signed-in people of a list"],
          ["sites", "Only inside pages of named sites"],
        ]}
        onChange={(value) => onChange({ audience: value })}
      />
      {audience.audience === "list" && <Text id="readers" long most={20000} label="Addresses" value={audience.readers.join("\n")} onChange={(text) => onChange({ readers: listed(text) })} />}
      {audience.audience !== "sites" && (
        <Choice
          id="embedding"
          label="May be embedded"
          value={audience.embedding}
          options={[
            ["anywhere", "In any page"],
            ["sites", "In pages of named sites"],
            ["nowhere", "Nowhere"],
          ]}
          onChange={(value) => onChange({ embedding: value })}
        />
      )}
      {wantsSites && <Text id="sites" long most={5000} label="Sites, such as https://www.example.org" value={audience.sites.join("\n")} onChange={(text) => onChange({ sites: listed(text) })} />}
      <label class="publish-check">
        <input type="checkbox" checked={audience.downloads} onChange={(event) => onChange({ downloads: event.currentTarget.checked })} /> Readers may download the data and pictures
      </label>
      <Choice
        label="Refresh"
        value={audience.refresh}
        options={[
          ["fixed", "Never: it stays as it is"],
          ["saves", "After each save or reload of the app"],
          ["schedule", "On a schedule"],
        ]}
        onChange={(value) => onChange({ refresh: value })}
      />
      {audience.refresh === "schedule" && (
        <label class="field">
          <span class="field-name">Every so many hours</span>
          <input class="input" type="number" min={1} max={8784} value={audience.refresh_hours} onInput={(event) => onChange({ refresh_hours: Math.max(1, Number(event.currentTarget.value) || 24) })} />
        </label>
      )}
    </Section>
  );
}
