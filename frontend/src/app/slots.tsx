// The dimensions and measures of a chart: a row for each, a list of fields to choose from, expressions.
import { useState } from "preact/hooks";
import { kindInfo } from "../charts/kinds";
import { mostDimensions, mostMeasures, type Recipe } from "../charts/recipe";
import { AGGREGATIONS, aggregate, measureLabel, readAggregate, usualAggregation, type Aggregation, type FieldInfo } from "../model/fields";
import type { Workspace } from "../model/workspace";
import { useObservable } from "../shared/observable";
import { Expression } from "./expression";
import { FieldList } from "./fieldlist";
import { Icon, IconButton } from "./icons";

interface SlotsProps {
  workspace: Workspace;
  recipe: Recipe;
  onChange: (recipe: Recipe) => void;
}

export function Slots({ workspace, recipe, onChange }: SlotsProps) {
  const info = kindInfo(recipe.kind);
  return (
    <>
      {info.dimensions.most > 0 && (
        <Dimensions
          workspace={workspace}
          label={recipe.kind === "listbox" ? "Field" : info.dimensions.most > 1 ? "Dimensions" : "Dimension"}
          values={recipe.dimensions}
          most={mostDimensions(recipe)}
          roles={info.dimensions.roles}
          onChange={(dimensions) => onChange({ ...recipe, dimensions })}
        />
      )}
      {info.measures.most > 0 && (
        <Measures
          workspace={workspace}
          label={info.measures.most > 1 ? "Measures" : "Measure"}
          values={recipe.measures}
          most={mostMeasures(recipe)}
          roles={info.measures.roles}
          onChange={(measures) => onChange({ ...recipe, measures })}
        />
      )}
      {info.isSorted && recipe.dimensions.length > 0 && recipe.measures.length > 0 && (
        <label class="field">
          <span class="field-name">Order</span>
          <select class="input" data-testid="order" value={recipe.order} onChange={(event) => onChange({ ...recipe, order: event.currentTarget.value as Recipe["order"] })}>
            <option value="measure">Largest first</option>
            <option value="dimension">By {recipe.dimensions[0]}</option>
          </select>
        </label>
      )}
    </>
  );
}

interface GroupProps {
  workspace: Workspace;
  label: string;
  values: string[];
  most: number;
  /** What each column is for; absent where all are for the same. */
  roles?: readonly string[];
  onChange: (values: string[]) => void;
}

/** Which row has its choices open: a row's number, "new" for the row to come, or none. */
type OpenRow = number | "new" | null;

function replaced(values: string[], row: OpenRow, value: string): string[] {
  return typeof row === "number" ? values.map((old, index) => (index === row ? value : old)) : [...values, value];
}

function Dimensions({ workspace, label, values, most, roles, onChange }: GroupProps) {
  const [open, setOpen] = useState<OpenRow>(values.length === 0 ? "new" : null);
  const fields = useObservable(workspace.fields);
  const put = (value: string) => {
    onChange(replaced(values, open, value));
    setOpen(null);
  };
  const chooser = (value: string) => (
    <Chooser fields={fields} role="dimension" workspace={workspace} expression={value.startsWith("=") ? value : ""} onField={({ name }) => put(name)} onExpression={(text) => put(text.startsWith("=") ? text : `=${text}`)} />
  );
  return (
    <fieldset class="group">
      <legend class="field-name">{label}</legend>
      {values.map((value, index) => (
        <div key={`${index}/${value}`}>
          <RoleName role={roles?.[index]} />
          <Row label={value.replace(/^=/, "")} role="dimension" isOpen={open === index} onOpen={() => setOpen(open === index ? null : index)} onRemove={() => {
            onChange(values.filter((_, each) => each !== index));
            setOpen(null);
          }} />
          {open === index && chooser(value)}
        </div>
      ))}
      {open === "new" ? chooser("") : values.length < most && <AddRow label={addLabel(label === "Field" ? "field" : "dimension", roles?.[values.length])} testId="add-dimension" onClick={() => setOpen("new")} />}
    </fieldset>
  );
}

function Measures({ workspace, label, values, most, roles, onChange }: GroupProps) {
  const [open, setOpen] = useState<OpenRow>(null);
  const fields = useObservable(workspace.fields);
  const put = (value: string) => {
    onChange(replaced(values, open, value));
    setOpen(null);
  };
  const chooser = (value: string) => {
    const how = readAggregate(value)?.how;
    return (
      <Chooser fields={fields} role="measure" workspace={workspace} expression={how ? "" : value} onField={(field) => put(aggregate(how ?? usualAggregation(field), field.name))} onExpression={put} />
    );
  };
  return (
    <fieldset class="group">
      <legend class="field-name">{label}</legend>
      {values.map((value, index) => (
        <div key={`${index}/${value}`}>
          <RoleName role={roles?.[index]} />
          <Row label={readAggregate(value)?.field ?? measureLabel(value)} role="measure" isOpen={open === index} onOpen={() => setOpen(open === index ? null : index)} onRemove={() => {
            onChange(values.filter((_, each) => each !== index));
            setOpen(null);
          }}>
            <AggregationChoice expression={value} onChange={(next) => onChange(replaced(values, index, next))} />
          </Row>
          {open === index && chooser(value)}
        </div>
      ))}
      {open === "new" ? chooser("") : values.length < most && <AddRow label={addLabel("measure", roles?.[values.length])} testId="add-measure" onClick={() => setOpen("new")} />}
    </fieldset>
  );
}

function RoleName({ role }: { role: string | undefined }) {
  return role ? <span class="row-role">{role}</span> : null;
}

function AggregationChoice({ expression, onChange }: { expression: string; onChange: (expression: string) => void }) {
  const parts = readAggregate(expression);
  if (!parts) return <span class="row-mark" title={expression}><Icon name="formula" size={16} /></span>;
  return (
    <select
      class="row-select"
      aria-label={`How to sum up ${parts.field}`}
      data-testid="aggregation"
      value={parts.how}
      onChange={(event) => onChange(aggregate(event.currentTarget.value as Aggregation, parts.field))}
    >
      {AGGREGATIONS.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}

function addLabel(what: string, role: string | undefined): string {
  return role ? `Add a ${what}: ${role.toLowerCase()}` : `Add a ${what}`;
}

interface RowProps {
  label: string;
  role: "dimension" | "measure";
  isOpen: boolean;
  onOpen: () => void;
  onRemove: () => void;
  children?: preact.ComponentChildren;
}

function Row({ label, role, isOpen, onOpen, onRemove, children }: RowProps) {
  return (
    <div class={isOpen ? "row is-open" : "row"} data-testid={`${role}-row`}>
      {children}
      <button type="button" class="row-name" aria-expanded={isOpen} title={`Change ${label}`} onClick={onOpen}>
        {label}
      </button>
      <IconButton icon="close" label={`Remove ${label}`} onClick={onRemove} size={16} testId={`remove-${role}`} />
    </div>
  );
}

function AddRow({ label, testId, onClick }: { label: string; testId: string; onClick: () => void }) {
  return (
    <button type="button" class="row is-add" data-testid={testId} onClick={onClick}>
      <Icon name="plus" size={16} />
      <span>{label}</span>
    </button>
  );
}

interface ChooserProps {
  workspace: Workspace;
  fields: FieldInfo[] | null;
  role: "dimension" | "measure";
  /** The expression being changed; empty when a field is. */
  expression: string;
  onField: (field: FieldInfo) => void;
  onExpression: (text: string) => void;
}

function Chooser({ workspace, fields, role, expression, onField, onExpression }: ChooserProps) {
  const [writing, setWriting] = useState(expression !== "");
  if (writing) {
    return <Expression workspace={workspace} text={expression} onDone={onExpression} onFields={() => setWriting(false)} />;
  }
  return <FieldList fields={fields} role={role} onChoose={onField} onWrite={() => setWriting(true)} />;
}
