// The game as a whole: level list or level, told of keys, time and window size by the host, telling its listeners when to draw.
import type { Key } from '../input/keys.ts'
import type { Texts } from '../texts/index.ts'
import type { GameWorld, LevelSummary } from '../world.ts'
import { Lobby } from './lobby.ts'
import { Play } from './play.ts'
import type { PlayExit } from './play-types.ts'

export interface GameOptions {
  world: GameWorld
  texts: Texts
  spoken: boolean
  /** Opens this level at once instead of the list. */
  levelId?: string | undefined
  columns: number
  rows: number
  onQuit(): void
}

export class Game {
  columns: number
  rows: number
  play: Play | undefined
  /** Moves with every change; what React's external store compares. */
  version = 0

  readonly options: GameOptions
  #listeners = new Set<() => void>()
  #draftKept = ''
  #lobby: Lobby | undefined

  constructor(options: GameOptions) {
    this.options = options
    this.columns = options.columns
    this.rows = options.rows
    if (options.levelId !== undefined) this.#open(options.levelId, false)
  }

  /** Made when it is first shown: a level that is opened at once need not wait for the whole list. */
  get lobby(): Lobby {
    this.#lobby ??= this.#newLobby(this.options.levelId)
    return this.#lobby
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  keys(keys: Key[]): void {
    if (this.play) this.play.keys(keys)
    else this.lobby.keys(keys)
    this.#changed()
  }

  resize(columns: number, rows: number): void {
    this.columns = columns
    this.rows = rows
    this.#changed()
  }

  /** Real milliseconds went by. */
  tick(realMs: number): void {
    if (this.play?.tick(realMs)) this.#changed()
  }

  /** Hands what is typed to the world when it is not what the world has. Cheap; for a timer and for the way out. */
  keepDraft(): void {
    if (!this.play) return
    const draft = this.play.draft
    const text = JSON.stringify(draft)
    if (text === this.#draftKept) return
    this.#draftKept = text
    this.options.world.keepDraft(draft)
  }

  #changed() {
    this.version++
    for (const listener of this.#listeners) listener()
  }

  #newLobby(chosenId?: string): Lobby {
    return new Lobby(
      this.options.world.courses(),
      {
        onOpen: (level: LevelSummary, fresh) => this.#open(level.id, fresh),
        onQuit: () => this.options.onQuit(),
        answers: this.options.texts.answers,
      },
      chosenId,
    )
  }

  #open(levelId: string, fresh: boolean) {
    const opened = this.options.world.open(levelId, { fresh })
    if (!opened.ok) {
      this.lobby.error = opened.error
      return
    }
    this.#draftKept = ''
    const { texts, spoken } = this.options
    this.play = new Play(this.options.world, opened, { texts, spoken, onExit: (exit) => this.#left(levelId, exit) })
  }

  #left(levelId: string, exit: PlayExit) {
    this.play = undefined
    if (exit === 'quit') this.options.onQuit()
    else this.#lobby = this.#newLobby(levelId)
  }
}
