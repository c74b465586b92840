// The terminal's modes: alternate screen, bracketed paste, raw input, and putting everything back whatever happens.

const ENTER = '\u001b[?1049h\u001b[2J\u001b[H'
const LEAVE = '\u001b[?1049l'
const PASTE_ON = '\u001b[?2004h'
const PASTE_OFF = '\u001b[?2004l'
const SHOW_CURSOR = '\u001b[?25h'
const RESET = '\u001b[0m'

export interface TerminalMode {
  /** Puts the terminal back; the second call does nothing. Safe in a signal handler. */
  restore(): void
  /** Empties the screen and goes home, for a redraw from nothing. */
  clear(): void
}

/** Takes the terminal over. `fullScreen` is off for screen readers: then output stays in the scrollback. */
export const takeTerminal = (stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream, fullScreen: boolean): TerminalMode => {
  let taken = true
  stdin.setRawMode?.(true)
  stdin.resume()
  stdout.write((fullScreen ? ENTER : '') + PASTE_ON)
  return {
    clear: () => {
      if (taken && fullScreen) stdout.write('\u001b[2J\u001b[H')
    },
    restore: () => {
      if (!taken) return
      taken = false
      stdout.write(`${RESET}${PASTE_OFF}${SHOW_CURSOR}${fullScreen ? LEAVE : ''}`)
      stdin.setRawMode?.(false)
      stdin.pause()
    },
  }
}
