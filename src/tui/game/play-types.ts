// What a level being played is made of, beside the world.
import type { Texts } from '../texts/index.ts'
import type { Opened } from '../world.ts'
import type { Action } from './actions.ts'

export type Overlay = { kind: 'help' | 'hints' | 'debrief' | 'quit'; top: number } | { kind: 'menu'; chosen: number; top: number }

export type PlayExit = 'list' | 'quit'

export interface PlayOptions {
  texts: Texts
  /** Everything is told in words, in one column. */
  spoken: boolean
  onExit(exit: PlayExit): void
}

/** What a screen reader is told in the terminal instead of shown in a pane. */
export type Told = 'help' | 'brief' | 'cluster' | 'events' | 'goals'
export const isTold = (action: Action): action is Told => ['help', 'brief', 'cluster', 'events', 'goals'].includes(action)

export type OpenedLevel = Extract<Opened, { ok: true }>
