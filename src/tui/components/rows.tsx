// Draws painted rows at a rectangle: the one place where rows of spans become Ink elements.
import { Box, Text } from 'ink'
import { createContext, memo, useContext } from 'react'
import type { Rect } from '../layout.ts'
import type { Row } from '../text/spans.ts'
import { type ColourMode, paintRow } from '../text/theme.ts'

export const ColourContext = createContext<ColourMode>('basic')

const Painted = memo(({ text, x, y, width, height }: Rect & { text: string }) => (
  <Box position="absolute" marginLeft={x} marginTop={y} width={width} height={height}>
    <Text wrap="truncate">{text}</Text>
  </Box>
))

/** Rows at a place on the screen; rows must not be wider than the rectangle. */
export const Rows = ({ rows, at }: { rows: Row[]; at: Rect }) => {
  const mode = useContext(ColourContext)
  const text = rows
    .slice(0, at.height)
    .map((row) => paintRow(row, mode))
    .join('\n')
  return <Painted text={text} {...at} />
}
