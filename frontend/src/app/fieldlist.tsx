// A searchable list of fields, for the mouse and for the arrow keys.
import { useEffect, useRef, useState } from "preact/hooks";
import { searchFields, type FieldInfo, type FieldKind } from "../model/fields";
import { Icon, type IconName } from "./icons";

const KIND_ICONS: Record<FieldKind, IconName> = { number: "number", date: "date", text: "text" };
const KIND_WORDS: Record<FieldKind, string> = { number: "Number", date: "Date", text: "Text" };

interface FieldListProps {
  fields: FieldInfo[] | null;
  role: "dimension" | "measure";
  onChoose: (field: FieldInfo) => void;
  onWrite: () => void;
}

export function FieldList({ fields, role, onChoose, onWrite }: FieldListProps) {
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const hits = searchFields(fields ?? [], typed);
  const listId = `fields-${role}`;
  useEffect(() => input.current?.focus({ preventScroll: true }), []);
  useEffect(() => list.current?.querySelector(".is-active")?.scrollIntoView({ block: "nearest" }), [active, typed]);
  const onKeyDown = (event: KeyboardEvent) => {
    const last = hits.length - 1;
    if (event.key === "ArrowDown") setActive(Math.min(last, active + 1));
    else if (event.key === "ArrowUp") setActive(Math.max(0, active - 1));
    else if (event.key === "Enter" && hits[active]) onChoose(hits[active]);
    else return;
    event.preventDefault();
  };
  return (
    <div class="chooser">
      <div class="search">
        <Icon name="search" size={16} />
        <input
          ref={input}
          class="search-input"
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={hits[active] ? `${listId}-${active}` : undefined}
          aria-label="Search fields"
          placeholder="Search fields"
          autocomplete="off"
          spellcheck={false}
          data-testid="field-search"
          value={typed}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div class="fields" role="listbox" id={listId} aria-label="Fields" ref={list}>
        {hits.map((field, index) => (
          <div
            key={field.name}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === active}
            class={index === active ? "field-option is-active" : "field-option"}
            data-testid="field-option"
            data-field={field.name}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(field)}
          >
            <span class={`field-kind is-${field.kind}`} title={KIND_WORDS[field.kind]}>
              <Icon name={field.isKey ? "key" : KIND_ICONS[field.kind]} size={16} />
            </span>
            <span class="field-label">{field.name}</span>
            <span class="field-table">{field.tables.join(", ")}</span>
          </div>
        ))}
        {hits.length === 0 && <p class="fields-none">{fields === null ? "Reading the fields…" : typed ? `No field is called “${typed}”.` : "This app has no fields."}</p>}
      </div>
      <button type="button" class="link chooser-write" data-testid="write-expression" onClick={onWrite}>
        <Icon name="formula" size={16} />
        <span>Write an expression</span>
      </button>
    </div>
  );
}
