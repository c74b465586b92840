// Layouts: at every size the rectangles lie within the window and never overlap.
import { describe, expect, test } from 'vitest'
import { layoutList, layoutOverlay, layoutPlay, type PaneName, type Rect } from '../../src/tui/layout.ts'

const overlap = (a: Rect, b: Rect) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
const check = (rects: Rect[], columns: number, height: number, covers: boolean) => {
  for (const rect of rects) {
    for (const value of Object.values(rect)) expect(Number.isInteger(value)).toBe(true)
    expect(rect.width).toBeGreaterThan(0)
    expect(rect.height).toBeGreaterThan(0)
    expect(rect.x + rect.width).toBeLessThanOrEqual(columns)
    expect(rect.y + rect.height).toBeLessThanOrEqual(height)
  }
  for (const [i, a] of rects.entries()) for (const b of rects.slice(i + 1)) expect(overlap(a, b)).toBe(false)
  if (covers) expect(rects.reduce((sum, rect) => sum + rect.width * rect.height, 0)).toBe(columns * height)
}

const SIZES: [number, number][] = [
  [60, 16],
  [80, 24],
  [75, 40],
  [100, 30],
  [119, 60],
  [120, 30],
  [120, 34],
  [120, 29],
  [132, 43],
  [200, 60],
  [400, 120],
]
const FOCI: (PaneName | undefined)[] = [undefined, 'brief', 'cluster', 'events', 'goals']

describe('layout', () => {
  test.each(SIZES)('play at %i×%i', (columns, rows) => {
    for (const focus of FOCI)
      for (const goalRows of [0, 5, 60]) {
        const layout = layoutPlay(columns, rows, { tab: focus ?? 'cluster', focus, goalRows })
        check([layout.header, layout.footer, layout.terminal, ...Object.values(layout.panes)], columns, rows - 1, true)
        expect(layout.height).toBe(rows - 1)
      }
  })

  test.each<[number, number, string]>([
    [80, 24, 'compact'],
    [200, 60, 'wide'],
    [59, 24, 'tooSmall'],
    [80, 15, 'tooSmall'],
    [1, 1, 'tooSmall'],
  ])('%i×%i is %s', (columns, rows, mode) => {
    expect(layoutPlay(columns, rows, { tab: 'brief', focus: undefined, goalRows: 4 }).mode).toBe(mode)
  })

  test.each(SIZES)('list and overlay at %i×%i', (columns, rows) => {
    const layout = layoutList(columns, rows)
    check([layout.header, layout.footer, layout.list, layout.detail], columns, rows - 1, true)
    for (const wanted of [1, 10, 500]) check([layoutOverlay(columns, rows, wanted)], columns, rows - 1, false)
  })
})
