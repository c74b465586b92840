// Tells the terminal where the player types: the real cursor, for input methods, braille lines and magnifiers.
import { createContext, useContext, useLayoutEffect } from 'react'
import type { Place } from '../screen.ts'

export const CursorContext = createContext<(place: Place | undefined) => void>(() => {})

/** Places the cursor after each draw; undefined hides it. */
export const usePlacedCursor = (place: Place | undefined): void => {
  const set = useContext(CursorContext)
  useLayoutEffect(() => set(place))
}
