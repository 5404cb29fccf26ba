// The charts' host: stardust set up with our kinds, texts and themes.
import { embed, type stardust } from "@nebula.js/stardust";
import type { Doc } from "../qix/types";
import { KINDS, type KindInfo } from "./kinds";
import { look, type Mode } from "./look";
import { LANGUAGE, supplyTexts, unspoiled } from "./texts";

export type Nebula = stardust.Embed & { destroy?: () => Promise<void> };

type Factory = (galaxy: stardust.Galaxy) => unknown;

function typeOf({ visualization, load }: KindInfo): stardust.TypeInfo[] {
  if (!load) return [];
  const factoryFor = async () => {
    const factory = (await load()) as Factory | object;
    return (galaxy: stardust.Galaxy) => {
      supplyTexts(galaxy.translator);
      return typeof factory === "function" ? (factory as Factory)({ ...galaxy, translator: unspoiled(galaxy.translator) }) : factory;
    };
  };
  return [{ name: visualization, load: factoryFor as unknown as stardust.LoadType }];
}

/** Each drawing once, also those that several kinds share. */
function types(): stardust.TypeInfo[] {
  return KINDS.filter(({ visualization }, index) => KINDS.findIndex((info) => info.visualization === visualization) === index).flatMap(typeOf);
}

export function nebulaFor(doc: Doc, mode: Mode): Nebula {
  return embed(doc as never, {
    context: { theme: mode, language: LANGUAGE, keyboardNavigation: true, disableCellPadding: true },
    types: types(),
    themes: [
      { id: "light", load: async () => look("light") },
      { id: "dark", load: async () => look("dark") },
    ],
  });
}

export function changeMode(nebula: Nebula, mode: Mode): Promise<unknown> {
  return nebula.context({ theme: mode });
}
