/** Signals by name, with Linux' numbers (signal(7)), and those that end nobody. */
export const signalNumbers: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
}
export const harmless: ReadonlySet<string> = new Set(['CHLD', 'CONT', 'STOP'])
