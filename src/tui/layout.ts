// Where everything stands on the screen: pure arithmetic from the window's size to rectangles.

export interface Rect {
  x: number
  y: number
  width: number
  height: number
}

export type PaneName = 'brief' | 'cluster' | 'events' | 'goals'

export const LEAST_COLUMNS = 60
export const LEAST_ROWS = 16

export interface PlayLayout {
  mode: 'tooSmall' | 'compact' | 'wide'
  width: number
  /** One less than the window has: Ink rewrites everything when its output fills the window. */
  height: number
  header: Rect
  footer: Rect
  terminal: Rect
  /** The panes to draw. In compact mode one of them is the chosen tab. */
  panes: Partial<Record<PaneName, Rect>>
  /** Panes have a frame with sides; otherwise only a rule above. */
  framed: boolean
}

const clamp = (value: number, least: number, most: number): number => Math.round(Math.max(least, Math.min(most, value)))

const WIDE_COLUMNS = 120
const WIDE_ROWS = 30
const GOALS_BESIDE_COLUMNS = 76
const LEAST_CLUSTER = 5

export interface PlayWants {
  /** Which pane the player looks at in compact mode. */
  tab: PaneName
  /** The pane that has the keyboard, if any: it grows. */
  focus: PaneName | undefined
  /** Rows that all goals would take. */
  goalRows: number
}

const compact = (columns: number, height: number, wants: PlayWants): Pick<PlayLayout, 'terminal' | 'panes' | 'framed'> => {
  const body = height - 2
  const top = wants.focus ? body - 4 : clamp(body * 0.44, 6, 16)
  const terminal = { x: 0, y: 1 + top, width: columns, height: body - top }
  const alone = wants.focus !== undefined || columns < GOALS_BESIDE_COLUMNS || wants.tab === 'goals'
  const goalsWidth = clamp(columns * 0.4, 30, 44)
  const tab = { x: 0, y: 1, width: alone ? columns : columns - goalsWidth, height: top }
  const beside: PlayLayout['panes'] = alone ? {} : { goals: { x: columns - goalsWidth, y: 1, width: goalsWidth, height: top } }
  return { terminal, panes: { ...beside, [wants.tab]: tab }, framed: false }
}

const wide = (columns: number, height: number, wants: PlayWants): Pick<PlayLayout, 'terminal' | 'panes' | 'framed'> => {
  const body = height - 2
  const rightWidth = clamp(columns * 0.45, 54, 110)
  const leftWidth = columns - rightWidth
  const grow = wants.focus
  const briefHeight = grow === 'brief' ? body - 8 : clamp(body * 0.3, 8, 18)
  const goals = clamp(wants.goalRows + 2, 4, grow === 'goals' ? body - 12 : body * 0.35)
  const wanted = grow === 'events' ? clamp((body - goals) * 0.7, 6, body) : clamp(body * 0.22, 6, 14)
  const events = Math.min(wanted, body - goals - LEAST_CLUSTER)
  const x = leftWidth
  return {
    framed: true,
    terminal: { x: 0, y: 1 + briefHeight, width: leftWidth, height: body - briefHeight },
    panes: {
      brief: { x: 0, y: 1, width: leftWidth, height: briefHeight },
      goals: { x, y: 1, width: rightWidth, height: goals },
      cluster: { x, y: 1 + goals, width: rightWidth, height: body - goals - events },
      events: { x, y: 1 + body - events, width: rightWidth, height: events },
    },
  }
}

/** Lays out the play screen for a window of `columns` × `rows`. */
export const layoutPlay = (columns: number, rows: number, wants: PlayWants): PlayLayout => {
  const height = rows - 1
  const header = { x: 0, y: 0, width: columns, height: 1 }
  const footer = { x: 0, y: height - 1, width: columns, height: 1 }
  if (columns < LEAST_COLUMNS || rows < LEAST_ROWS) {
    const terminal = { x: 0, y: 0, width: columns, height: Math.max(1, height) }
    return { mode: 'tooSmall', width: columns, height: Math.max(1, height), header, footer, terminal, panes: {}, framed: false }
  }
  const isWide = columns >= WIDE_COLUMNS && rows >= WIDE_ROWS
  const body = isWide ? wide(columns, height, wants) : compact(columns, height, wants)
  return { mode: isWide ? 'wide' : 'compact', width: columns, height, header, footer, ...body }
}

export interface ListLayout {
  mode: 'tooSmall' | 'normal'
  height: number
  header: Rect
  footer: Rect
  list: Rect
  detail: Rect
}

/** Lays out the level list. */
export const layoutList = (columns: number, rows: number): ListLayout => {
  const height = Math.max(1, rows - 1)
  const listWidth = clamp(columns * 0.42, 30, 64)
  const body = { y: 1, height: height - 2 }
  return {
    mode: columns < LEAST_COLUMNS || rows < LEAST_ROWS ? 'tooSmall' : 'normal',
    height,
    header: { x: 0, y: 0, width: columns, height: 1 },
    footer: { x: 0, y: height - 1, width: columns, height: 1 },
    list: { x: 0, ...body, width: listWidth },
    detail: { x: listWidth, ...body, width: columns - listWidth },
  }
}

/** A box in the middle for an overlay whose content would like `wantedRows` rows. */
export const layoutOverlay = (columns: number, rows: number, wantedRows: number, wantedColumns = 76): Rect => {
  const height = rows - 1
  const width = Math.min(columns - 4, wantedColumns)
  const tall = Math.min(height - 2, wantedRows + 4)
  return { x: Math.floor((columns - width) / 2), y: Math.max(1, Math.floor((height - tall) / 2)), width, height: tall }
}
