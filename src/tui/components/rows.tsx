// Draws rows at a rectangle: the one place where rows of spans leave the components.
import { Box, Text } from 'ink'
import { createContext, type ReactNode, useContext, useId, useLayoutEffect } from 'react'
import type { Rect } from '../layout.ts'
import type { Row } from '../text/spans.ts'
import { type ColourMode, paintRow } from '../text/theme.ts'
import { ScreenContext } from './screen-context.tsx'

export const ColourContext = createContext<ColourMode>('basic')

/** Rows at a place on the screen; rows must not be wider than the rectangle. `over` lies above what is not. */
export const Rows = ({ rows, at, over = false }: { rows: Row[]; at: Rect; over?: boolean }) => {
  const key = useId()
  const screen = useContext(ScreenContext)
  const mode = useContext(ColourContext)
  useLayoutEffect(() => screen?.put(key, { at, rows, over }))
  useLayoutEffect(() => () => screen?.remove(key), [screen, key])
  if (screen) return null
  const text = rows
    .slice(0, at.height)
    .map((row) => paintRow(row, mode))
    .join('\n')
  return (
    <Box position="absolute" marginLeft={at.x} marginTop={at.y} width={at.width} height={at.height}>
      <Text wrap="truncate">{text}</Text>
    </Box>
  )
}

/** The whole screen. Without a screen of ours, Ink needs a box to place the rows in. */
export const Whole = ({ width, height, children }: { width: number; height: number; children: ReactNode }) => {
  const screen = useContext(ScreenContext)
  if (screen) return children
  return (
    <Box width={width} height={height}>
      {children}
    </Box>
  )
}
