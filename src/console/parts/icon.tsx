const paths = {
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm5.2 12.2L21 21',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  cross: 'M6 6l12 12M18 6L6 18',
  pause: 'M9 5v14M15 5v14',
  play: 'M8 5l11 7-11 7V5Z',
  warning: 'M12 4L2.8 20h18.4L12 4Zm0 6v4.5M12 17.5v.1',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 8v5M12 8v.1',
  copy: 'M9 9h11v11H9V9Zm-5 6V4h11',
  chevron: 'M9 6l6 6-6 6',
  up: 'M12 19V6M6 11.5l6-6 6 6',
  down: 'M12 5v13M6 12.5l6 6 6-6',
  sort: 'M8 9l4-4 4 4M8 15l4 4 4-4',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  keyboard: 'M3 6h18v12H3V6Zm3.5 4h.1M10 10h.1M13.500 10h.1M17 10h.1M8 14h8',
  phone: 'M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1Zm3 15h2',
  tablet: 'M6 3h12a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1Zm5 15h2',
  laptop: 'M6 5h12a1 1 0 0 1 1 1v9H5V6a1 1 0 0 1 1-1ZM3 18h18',
  desktop: 'M4 4h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1Zm5 16h6M12 16v4',
  tv: 'M4 6h16a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1Zm4 14h8',
  browser: 'M4 5h16a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM3 9.500h18',
  key: 'M8 10.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9ZM11.300 11.700 20 3M16 7l3.500 3.500',
  people:
    'M9 4.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7ZM2.500 20c.4-3.500 3-5.500 6.500-5.500s6.100 2 6.500 5.500M16 5a3.200 3.200 0 0 1 0 6.200M18 15c2 .8 3.200 2.500 3.500 5',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 4.500V12l3 2',
} as const;

export type IconName = keyof typeof paths;

/** A picture beside words: it says nothing that they do not. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

const devices: readonly (readonly [RegExp, IconName])[] = [
  [/mobile|phone/i, 'phone'],
  [/tablet|pad/i, 'tablet'],
  [/laptop|notebook/i, 'laptop'],
  [/desktop|server/i, 'desktop'],
  [/tv/i, 'tv'],
  [/browser/i, 'browser'],
];

export function deviceIcon(type: string | null): IconName {
  return devices.find(([pattern]) => type !== null && pattern.test(type))?.[1] ?? 'browser';
}
