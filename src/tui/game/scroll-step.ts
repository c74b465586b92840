// How far a key scrolls a pane or an overlay, in rows.

/** Rows down (negative is up) that the named key scrolls; undefined when it does not scroll. */
export const scrollStep = (name: string, page: number): number | undefined => {
  switch (name) {
    case 'up':
    case 'k':
      return -1
    case 'down':
    case 'j':
      return 1
    case 'wheelup':
      return -3
    case 'wheeldown':
      return 3
    case 'pageup':
      return -page
    case 'pagedown':
    case ' ':
      return page
    case 'home':
      return -1_000_000
    case 'end':
      return 1_000_000
    default:
      return undefined
  }
}
