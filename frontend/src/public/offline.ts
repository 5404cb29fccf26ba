// The same page as one file: the chart's code is inside, and nothing is fetched or counted.
import "./public.css";
import { LiveChart } from "./chart";
import type { Texts } from "./controls";
import { bringToLife } from "./drawn";
import type { Snapshot } from "./snapshot";

const read = <T>(id: string): T => JSON.parse(document.getElementById(id)!.textContent!) as T;

bringToLife(read<Snapshot>("snapshot"), read<Texts>("texts"), () => Promise.resolve({ LiveChart }));
