// icon.js - the pictures on buttons: one path each, drawn on 24 by 24 as lines.

import { html } from '../../html.js';

const PATHS = {
  add: 'M12 5v14M5 12h14',
  back: 'M15 5l-7 7 7 7',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4',
  'bell-off': 'M6 16V11a6 6 0 0 1 9-5M18 10v6M4.5 18H17M10 21h4M4 4l16 16',
  bug: 'M8 8a4 4 0 0 1 8 0v7a4 4 0 0 1-8 0zM8 11H4M8 15l-4 2M16 11h4M16 15l4 2M9 5 7 3M15 5l2-2',
  camera: 'M3 7h12v10H3zM15 11l6-4v10l-6-4',
  'camera-off': 'M9 7h6v6M15 11l6-4v10l-4-2.700M14 17H3V7h2M3 3l18 18',
  check: 'M5 13l4 4L19 7',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3.5 2',
  close: 'M6 6l12 12M18 6 6 18',
  compass: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M15.5 8.5l-2 5-5 2 2-5z',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  down: 'M12 5v14M6 13l6 6 6-6',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  emoji: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M8 14a4.5 4.5 0 0 0 8 0M9 9.5v.01M15 9.5v.01',
  enlarge: 'M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7',
  eye: 'M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6',
  fit: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  gauge: 'M4 17a8 8 0 1 1 16 0M12 17l4-6',
  gif: 'M3 6h18v12H3zM9.5 10.5a2 2 0 1 0 0 3V12H8.5M12.5 9.5v5M15.5 14.5v-5h2.5M15.5 12h2',
  'hang-up': 'M3 14.5c5.500-5.500 12.500-5.500 18 0l-2.500 3-4-1.500v-3a9 9 0 0 0-5 0v3l-4 1.500z',
  hash: 'M9 4 7 20M17 4l-2 16M4 9h16M4 15h16',
  help: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.700M12 16.5v.01',
  jump: 'M13 3 5 14h6l-1 7 8-11h-6z',
  key: 'M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8M11 12l8-8M16 7l3 3',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  menu: 'M4 7h16M4 12h16M4 17h16',
  mic: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3M6 11a6 6 0 0 0 12 0M12 17v4M9 21h6',
  'mic-off': 'M15 9V6a3 3 0 0 0-5.600-1.500M9 9v2a3 3 0 0 0 4.500 2.600M6 11a6 6 0 0 0 9.500 4.900M18 11a6 6 0 0 1-.5 2.400M12 17v4M9 21h6M4 4l16 16',
  minus: 'M5 12h14',
  more: 'M5 12v.01M12 12v.01M19 12v.01',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6M18 14a6.5 6.5 0 0 1 3.5 6',
  phone: 'M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A15 15 0 0 1 4 5a1 1 0 0 1 1-1',
  picture: 'M3 5h18v14H3zM12 12h7v5h-7z',
  refresh: 'M19 8A8 8 0 1 0 20 13M19 3v5h-5',
  screen: 'M3 5h18v11H3zM9 20h6M12 16v4M12 13V8M9.500 10.500 12 8l2.500 2.500',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l4.5 4.5',
  send: 'M4 12 3 4l18 8-18 8zM4 12h9',
  server: 'M4 4h16v7H4zM4 13h16v7H4zM8 7.5v.01M8 16.5v.01',
  settings: 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M18.400 5.6l-2.2 2.2M7.800 16.2l-2.2 2.2',
  shrink: 'M20 10h-6V4M14 10l7-7M4 14h6v6M10 14l-7 7',
  'sign-out': 'M10 4H5v16h5M14 8l4 4-4 4M18 12H9',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  warning: 'M12 4 2.5 20h19zM12 10v4M12 17v.01',
};

/** A picture without a meaning of its own: whatever it stands on has a text for those who do not see it. */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;
}
