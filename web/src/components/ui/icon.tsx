const shapes = {
  home: "M3 11.2 12 4l9 7.2M5.5 9.5V20h13V9.5M10 20v-5.5h4V20",
  runs: "M4 18.5 9 12l4 3.5L20 6M4 4v16.5h16.5",
  models: "M12 3 4 7.3v9.4L12 21l8-4.3V7.3L12 3ZM4 7.3l8 4.4 8-4.4M12 11.7V21",
  pipelines: "M4 5h6v5H4zM14 14h6v5h-6zM7 10v3.5a3 3 0 0 0 3 3h4",
  services: "M4 5h16v5.5H4zM4 13.5h16V19H4zM7.5 7.75h.01M7.5 16.25h.01",
  warning: "M12 4 2.8 19.5h18.4L12 4ZM12 10v4.5M12 17h.01",
  check: "m5 12.5 4.5 4.5L19 7.5",
  cross: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  chevron: "m8 10 4 4 4-4",
  person: "M12 12.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20a7.5 7.5 0 0 1 15 0",
  up: "M12 19V5M6 11l6-6 6 6",
  back: "M9 6 4 11l5 5M4 11h10a6 6 0 0 1 0 12",
  file: "M6 3h8l4.5 4.5V21H6zM14 3v5h4.5",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5 21 21",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5.3l3.5 2",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  plus: "M12 5v14M5 12h14",
  pencil: "M4 20h4L19.5 8.5l-4-4L4 16v4ZM13 7l4 4",
  arrow: "M4 12h16M14 6l6 6-6 6",
  data: "M4.5 6c0-1.7 3.4-3 7.5-3s7.5 1.3 7.5 3-3.4 3-7.5 3-7.5-1.3-7.5-3ZM4.5 6v12c0 1.7 3.4 3 7.5 3s7.5-1.3 7.5-3V6M4.5 12c0 1.7 3.4 3 7.5 3s7.5-1.3 7.5-3",
  bell: "M6 16V10.5a6 6 0 0 1 12 0V16l1.5 2h-15L6 16ZM10 20.5h4",
  shield: "M12 3l7.5 3v5.5c0 4.5-3 8-7.5 9.5-4.5-1.5-7.5-5-7.5-9.5V6L12 3ZM8.5 12l2.5 2.5 4.5-5",
  compare: "M4 7h13M13 3l4 4-4 4M20 17H7M11 13l-4 4 4 4",
  help: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 16.7h.01",
  expand: "M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7",
  folder: "M3.5 6.5h6l2 2.5h9v10h-17z",
  flask: "M10 3.5v6L4.8 18a1.7 1.7 0 0 0 1.5 2.5h11.4a1.7 1.7 0 0 0 1.5-2.5L14 9.5v-6M8.5 3.5h7M7.5 15h9",
  columns: "M4 5h16v14H4zM9.5 5v14M15 5v14",
  download: "M12 4v11M7 10.5l5 5 5-5M4.5 20h15",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 14.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6Z",
} as const;

export type IconName = keyof typeof shapes;

/** Decoration beside words; says nothing to screen readers. */
export function Icon({ name, className = "" }: { name: IconName; className?: string }) {
  return (
    <svg className={`icon ${className}`} viewBox="0 0 24 24" aria-hidden focusable="false">
      <path d={shapes[name]} />
    </svg>
  );
}
