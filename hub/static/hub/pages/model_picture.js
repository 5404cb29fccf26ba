// Tables as boxes on a circle, links as lines with the field and the share of matching keys.
import { element } from "./server.js";

const WIDTH = 760, BOX_WIDTH = 150, BOX_HEIGHT = 52, WEAK = 0.5;
const svg = (tag, properties, ...children) => element(tag, { svg: true, ...properties }, ...children);
const percent = (share) => `${share > 0 && share < 0.01 ? "<1" : Math.round(share * 100)} %`;

export function modelPicture({ tables, links }) {
  const height = tables.length <= 2 ? 130 : Math.min(480, 200 + tables.length * 36);
  const places = placed(tables, links, height);
  const pairs = new Map();
  for (const link of links) {
    const key = link.tables.join("\u0000");
    pairs.set(key, [...(pairs.get(key) ?? []), link]);
  }
  const words = links.map((link) => `${link.tables[0]} and ${link.tables[1]} by ${link.field}`).join("; ") || "no links";
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, role: "img", "aria-label": `Tables and links: ${words}` });
  for (const group of pairs.values()) picture.append(line(group, places));
  for (const table of tables) picture.append(box(table, places.get(table.name)));
  return picture;
}

// The most linked table in the middle, the others around it.
function placed(tables, links, height) {
  const degree = (table) => new Set(links.filter((link) => link.tables.includes(table.name)).flatMap((link) => link.tables)).size;
  const middle = tables.length > 2 ? [...tables].sort((a, b) => degree(b) - degree(a) || b.rows - a.rows)[0] : null;
  const around = tables.filter((table) => table !== middle);
  const places = new Map();
  if (middle) places.set(middle.name, { x: WIDTH / 2, y: height / 2 });
  around.forEach((table, index) => {
    const angle = (2 * Math.PI * index) / around.length - Math.PI * (around.length === 2 ? 1 : 0.75);
    places.set(table.name, { x: WIDTH / 2 + Math.cos(angle) * (WIDTH / 2 - BOX_WIDTH / 2 - 6), y: height / 2 + Math.sin(angle) * (height / 2 - BOX_HEIGHT / 2 - 6) });
  });
  return places;
}

function line(group, places) {
  const [one, other] = group[0].tables.map((name) => places.get(name));
  const shown = group.slice(0, 2).map((link) => `${link.field} ${percent(link.match[0])} / ${percent(link.match[1])}`);
  if (group.length > 2) shown.push(`and ${group.length - 2} more fields`);
  const x = (one.x + other.x) / 2, y = (one.y + other.y) / 2;
  const width = Math.max(...shown.map((text) => text.length)) * 6.6 + 14, height = shown.length * 16 + 6;
  const weak = group.some((link) => Math.max(...link.match) < WEAK);
  return svg("g", { class: weak ? "link is-weak" : "link" },
    svg("line", { x1: one.x, y1: one.y, x2: other.x, y2: other.y }),
    svg("rect", { x: x - width / 2, y: y - height / 2, width, height, rx: 6 }),
    shown.map((text, index) => svg("text", { x, y: y - height / 2 + 16 + index * 16, "text-anchor": "middle" }, text)));
}

function box(table, { x, y }) {
  const name = table.name.length > 18 ? `${table.name.slice(0, 17)}…` : table.name;
  return svg("g", { class: "box" },
    svg("rect", { x: x - BOX_WIDTH / 2, y: y - BOX_HEIGHT / 2, width: BOX_WIDTH, height: BOX_HEIGHT, rx: 10 }),
    svg("text", { x, y: y - 3, "text-anchor": "middle" }, name),
    svg("text", { class: "rows", x, y: y + 15, "text-anchor": "middle" }, `${table.rows.toLocaleString("en")} rows`));
}
