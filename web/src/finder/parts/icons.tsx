/** The drawings of the page: lines on a square of 24. */

import type { EventType } from '../generated'

const lines = {
  search: 'm20 20-4.5-4.5M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0Z',
  pin: 'M12 21s7-6.2 7-11.5A7 7 0 0 0 5 9.5C5 14.8 12 21 12 21Zm0-9a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  target: 'M12 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12Zm0-15v3m0 12v3M3 12h3m12 0h3',
  heart: 'M12 20s-7.5-4.6-7.5-10.2A4.3 4.3 0 0 1 12 7.2a4.3 4.3 0 0 1 7.5 2.6C19.5 15.4 12 20 12 20Z',
  calendar: 'M5 6h14v14H5zM5 10.5h14M9 3.5V7m6-3.5V7',
  calendarPlus: 'M5 6h14v14H5zM5 10.5h14M9 3.5V7m6-3.5V7m-3 6v5m-2.5-2.5h5',
  device: 'M4 5.5h16v10H4zM2.5 19h19M12 15.5V19',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.5 8.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6',
  sliders: 'M4 7h9m5 0h2M4 17h3m5 0h8M15.5 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Zm-6 10a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  list: 'M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01',
  map: 'm4 6.5 5-2 6 2.5 5-2v12.5l-5 2-6-2.5-5 2zM9 4.5V17m6-10v12.5',
  cross: 'm6 6 12 12M18 6 6 18',
  back: 'M19 12H5m6-6-6 6 6 6',
  next: 'm9 5 7 7-7 7',
  previous: 'm15 5-7 7 7 7',
  out: 'M9 7h8v8M17 7 7 17',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1',
  cloud: 'M7 18h10a4 4 0 0 0 .6-7.95A6 6 0 0 0 6.1 11.1 3.5 3.5 0 0 0 7 18ZM4 4l16 16',
  alert: 'M12 4 2.8 20h18.4zM12 10v4.5m0 2.5v.01',
  ticket: 'M4 7h16v3.5a1.8 1.8 0 0 0 0 3.5v3.5H4V14a1.8 1.8 0 0 0 0-3.5zM14.5 7.5v2m0 2v2m0 2v2',
  music: 'M9 18V5.5l10-2V16M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Zm10-2a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Z',
  masks: 'M4 5h10v6a5 5 0 0 1-10 0zm3 3.5h.01m4 0h.01M7 12s2 1.5 4 0m3.5-2H20v5a4.8 4.8 0 0 1-8.5 3',
  microphone: 'M12 14a3 3 0 0 0 3-3V6a3 3 0 1 0-6 0v5a3 3 0 0 0 3 3Zm-6-3a6 6 0 0 0 12 0m-6 6v4m-3 0h6',
  dancer: 'M13 6.5a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM6 10l5-1.5 3 3-3 3.5 1 6m2-9.5L19 9m-8 6-5 4',
  ball: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Zm0-12L8.5 11l1.3 4h4.4l1.3-4zm0-5v5m8 1.5-4.5 1m1 8-2.3-4m-8.4 4 2.3-4M4 9.8l4.5 1.2',
  film: 'M4 5h16v14H4zM8 5v14M16 5v14M4 9.5h4m-4 5h4m8-5h4m-4 5h4',
  frame: 'M4 5h16v14H4zm3 11 3.5-4 2.5 2.5 2-2L18 16M15.5 9h.01',
  book: 'M12 7c-2-1.5-5-2-8-2v13c3 0 6 .5 8 2 2-1.5 5-2 8-2V5c-3 0-6 .5-8 2Zm0 0v13',
  fork: 'M7 3v7m-2.5-7v4.5a2.5 2.5 0 0 0 5 0V3M7 10v11m9-18c-2 1-3 4-3 6.5S14 13 16 13zm0 10v8',
  cap: 'M12 5 2.5 9.5 12 14l9.5-4.5zM6.5 11.5V16c1.5 1.5 3.5 2 5.5 2s4-.5 5.5-2v-4.5M21.5 9.5V15',
  people: 'M9 11a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 9 11Zm-6 8.5c.5-3.6 2.8-5.5 6-5.5s5.5 1.9 6 5.5M15.5 10.8a2.8 2.8 0 1 0 0-5.6M17 14.2c2.3.5 3.7 2.3 4 5.3',
} as const

export type IconName = keyof typeof lines

const ofType: Record<EventType, IconName> = {
  MUSIC: 'music', FESTIVAL: 'music', COMEDY: 'microphone', THEATER: 'masks', DANCE: 'dancer', SPORTS: 'ball', SCREENING: 'film', EXHIBITION: 'frame',
  LITERARY: 'book', FOOD: 'fork', EDUCATION: 'cap', CONFERENCE: 'people', FAMILY: 'people', SOCIAL: 'people', OTHER: 'ticket',
}

export const iconOf = (type: EventType): IconName => ofType[type]

/** A drawing; whatever it means stands beside it as text, or as the label of its button. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={lines[name]} />
  </svg>
)
