// Line icons, drawn for this page. Decorative: whoever uses one gives the name.
const PATHS = {
  back: "M15 6l-6 6 6 6",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  undo: "M9 6L4 11l5 5M4 11h10a5 5 0 010 10h-3",
  redo: "M15 6l5 5-5 5M20 11H10a5 5 0 000 10h3",
  pencil: "M4 20l1-4L16.5 4.5a2.1 2.1 0 013 3L8 19z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  trash: "M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12",
  copy: "M9 9h10v10H9zM15 9V5H5v10h4",
  sliders: "M5 7h9M18 7h1M5 17h1M10 17h9M16 5v4M8 15v4",
  sun: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1 1M17.4 17.4l1 1M18.4 5.6l-1 1M6.6 17.4l-1 1",
  moon: "M19 14.5A7.5 7.5 0 019.5 5a7.5 7.5 0 109.5 9.5z",
  search: "M11 5a6 6 0 100 12 6 6 0 000-12zM15.5 15.5L20 20",
  warning: "M12 4l9 16H3zM12 10v4.5M12 17v.5",
  cloud: "M7 18a4 4 0 010-8 5.5 5.5 0 0110.6 1.5A3.3 3.3 0 0117 18z",
  share: "M9 5a3.500 3.500 0 100 7 3.500 3.500 0 000-7zM3 19.500c.8-3.300 3-5 6-5 1.300 0 2.500.3 3.500 1M18 13v6M15 16h6",
  person: "M12 4.500a4 4 0 100 8 4 4 0 000-8zM4.500 20c1-4 4-6 7.500-6s6.500 2 7.500 6",
  bookmark: "M7 4h10v16l-5-4-5 4z",
  left: "M14 7l-5 5 5 5",
  right: "M10 7l5 5-5 5",
  text: "M6 7V5h12v2M12 5v14M9.5 19h5",
  number: "M9 4L7 20M17 4l-2 16M4.5 9h15M4 15h15",
  date: "M5 6h14v13H5zM5 10h14M9 4v3M15 4v3",
  key: "M15 7a3.5 3.5 0 11-3.3 4.6L5 18.3V20h3v-2h2v-2h1.5l1.7-1.7",
  formula: "M15 5h-1.5c-1.5 0-2 1-2.2 2.2L9.6 17c-.2 1.2-.8 2-2.1 2M8 11h6M15 13l4 5M19 13l-4 5",
  globe: "M12 4a8 8 0 100 16 8 8 0 000-16zM4 12h16M12 4c2.5 2.3 3.7 5 3.7 8s-1.200 5.700-3.700 8M12 4C9.500 6.300 8.300 9 8.300 12s1.200 5.700 3.700 8",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  barchart: "M5 19V10M10 19V5M15 19v-7M20 19V8",
  linechart: "M4 17l5-6 4 3 7-8",
  groupedbars: "M4 19v-7M7 19V8M12 19v-9M15 19V5M20 19v-5",
  stackedbars: "M4 19V9h4v10zM4 14h4M10 19V5h4v14zM10 11h4M16 19v-7h4v7zM16 16h4",
  areachart: "M4 19v-5l5-5 4 3 7-7v14zM4 19h16",
  combochart: "M5 19v-5M10 19v-8M15 19v-6M20 19v-9M4 9l5-4 6 3 5-4",
  mekkochart: "M4 5h16v14H4zM11 5v14M16 5v14M4 12h7M11 9h5M16 14h4",
  funnelchart: "M4 5h16l-3 5H7zM7.500 12h9l-2 4h-5zM10 18h4v2h-4z",
  sankeychart: "M4 6h3c5 0 5 4 10 4h3M4 10h3c5 0 5 8 10 8h3M4 18h3c5 0 5-12 10-12h3",
  waterfallchart: "M4 19v-6h3v6zM8.500 13V9h3v4zM13 9V5h3v4zM17.500 19V5h3v14z",
  bulletchart: "M4 8h16v8H4zM4 12h10M16.500 6v12",
  scatterplot: "M4 4v16h16M8 15h.01M11 11h.01M13 14h.01M15 8h.01M18 10h.01M18 5h.01",
  gridchart: "M7 5a2 2 0 100 4 2 2 0 000-4zM16 4a3 3 0 100 6 3 3 0 000-6zM7 13.500a3 3 0 100 6 3 3 0 000-6zM16 15.500a1.200 1.200 0 100 2.400 1.200 1.200 0 000-2.400z",
  histogram: "M3 19h18M4 19v-3h4v3M8 19v-8h4v8M12 19V6h4v13M16 19v-5h4v5",
  boxplot: "M7 4v3M7 15v4M4.500 7h5v8h-5zM4.500 11h5M17 6v4M17 17v3M14.500 10h5v7h-5zM14.500 14h5",
  distributionplot: "M4 8h.01M7 8h.01M9 8h.01M10.500 8h.01M12 8h.01M16 8h.01M6 16h.01M11 16h.01M13 16h.01M14.500 16h.01M16 16h.01M20 16h.01M4 12h16",
  pivottable: "M4 5h16v14H4zM4 10h16M9 5v14M9 14.500h11M14.500 10v9",
  piechart: "M12 4a8 8 0 108 8h-8zM15 3.500A8 8 0 0120.5 9H15z",
  table: "M4 6h16v12H4zM4 10h16M4 14h16M10 6v12",
  kpi: "M4 16V9l-2 1.500M8 10a2.5 2.5 0 015 0c0 2-5 3.5-5 6h5M16 9h5l-3 3a2.2 2.2 0 11-1.5 4",
  listbox: "M5 7h2M10 7h9M5 12h2M10 12h9M5 17h2M10 17h9",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

interface ButtonProps {
  icon: IconName;
  label: string;
  onClick: (event: MouseEvent) => void;
  disabled?: boolean;
  pressed?: boolean;
  testId?: string;
  size?: number;
}

/** A button that is only a picture; its name is read out and shown on hover. */
export function IconButton({ icon, label, onClick, disabled = false, pressed, testId, size }: ButtonProps) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      disabled={disabled}
      aria-pressed={pressed}
      data-testid={testId}
      onClick={onClick}
    >
      <Icon name={icon} size={size ?? 20} />
    </button>
  );
}
