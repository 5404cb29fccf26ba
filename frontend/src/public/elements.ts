// Elements made of names and texts; a text is never markup.

type Child = Node | string;

export function element<Name extends keyof HTMLElementTagNameMap>(name: Name, attributes: Record<string, string | boolean | null> = {}, ...children: Child[]): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(attribute, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}
