// The way from components to the terminal: sheets of rows, and the real cursor for input methods, braille lines and magnifiers.
import { createContext, useContext, useLayoutEffect } from 'react'
import type { Place, Screen } from '../screen.ts'

/** Absent when Ink draws by itself (tests of components). */
export const ScreenContext = createContext<Screen | undefined>(undefined)

/** Places the cursor after each draw; undefined hides it. */
export const usePlacedCursor = (place: Place | undefined): void => {
  const screen = useContext(ScreenContext)
  useLayoutEffect(() => screen?.place(place))
}
