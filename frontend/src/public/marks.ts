// Which mark of a picture belongs to which row, where that is not simply the one of the same number.

/** What a mark knows of itself. rows: those that it is the sum of; said: its name, if it is no row of its own. */
export interface Item {
  row?: number;
  rows?: number[];
  said?: string;
}

export interface Mark {
  seriesIndex: number;
  dataIndex: number;
  dataType?: "edge";
}

/** The marks of each series of an option; bands of a sankey count, its nodes do not. */
export function itemsOf(option: object): Item[][] {
  const { series } = option as { series: { data: unknown[]; links?: unknown[] }[] };
  return series.map(({ data, links }) => (links ?? data).map((item) => (typeof item === "object" && item !== null ? (item as Item) : {})));
}

/** Where the marks of a row are; none: at its number in the series that are shown. */
export function marksOf(items: Item[][], row: number): Mark[] {
  return items.flatMap((series, seriesIndex) =>
    series.flatMap((item, dataIndex): Mark[] => {
      if (item.rows) return item.rows.includes(row) ? [{ seriesIndex, dataIndex, dataType: "edge" }] : [];
      return item.row === row ? [{ seriesIndex, dataIndex }] : [];
    }),
  );
}
