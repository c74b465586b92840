// The level list being used: filter, choice, and opening a level.
import { chord, type Key } from '../input/keys.ts'
import { editLine, emptyLine, type Line } from '../input/line.ts'
import { filterLevels } from '../panes/level-list.ts'
import type { CourseSummary, LevelSummary } from '../world.ts'

export interface LobbyOptions {
  onOpen(level: LevelSummary, fresh: boolean): void
  onQuit(): void
  answers: { yes: string; no: string }
}

export class Lobby {
  filter: Line = emptyLine
  chosenId: string | undefined
  /** First row shown of the detail pane. */
  detailTop = 0
  overlay: 'help' | 'restart' | undefined
  overlayTop = 0
  /** Why the last level did not open. */
  error: string | undefined
  pageRows = 10

  constructor(
    public courses: CourseSummary[],
    private readonly options: LobbyOptions,
    chosenId?: string,
  ) {
    const levels = courses.flatMap((course) => course.levels)
    const next = levels.find((level) => level.state === 'started') ?? levels.find((level) => level.state === 'new') ?? levels[0]
    this.chosenId = levels.some((level) => level.id === chosenId) ? chosenId : next?.id
  }

  /** Courses and levels that match the filter. */
  get shown(): CourseSummary[] {
    return filterLevels(this.courses, this.filter.text)
  }

  get chosen(): LevelSummary | undefined {
    return this.courses.flatMap((course) => course.levels).find((level) => level.id === this.chosenId)
  }

  keys(keys: Key[]): void {
    for (const key of keys) this.#key(key)
  }

  #key(key: Key) {
    const name = chord(key)
    this.error = undefined
    if (this.overlay) return this.#overlayKey(key.kind === 'text' ? key.text.toLowerCase() : name)
    switch (name) {
      case 'up':
      case 'ctrl+p':
      case 'wheelup':
        return this.#move(-1)
      case 'down':
      case 'ctrl+n':
      case 'wheeldown':
      case 'tab':
        return this.#move(1)
      case 'pageup':
        this.detailTop = Math.max(0, this.detailTop - this.pageRows)
        return
      case 'pagedown':
        this.detailTop += this.pageRows
        return
      case 'enter':
        if (this.chosen) this.options.onOpen(this.chosen, false)
        return
      case 'ctrl+r':
        if (this.chosen?.resumable) this.overlay = 'restart'
        return
      case 'f1':
      case 'alt+1':
        this.overlay = 'help'
        this.overlayTop = 0
        return
      case 'escape':
        if (this.filter.text !== '') return this.#setFilter(emptyLine)
        return
      case 'f10':
      case 'alt+0':
      case 'ctrl+c':
      case 'ctrl+q':
      case 'ctrl+d':
        return this.options.onQuit()
    }
    const filter = editLine(this.filter, key.kind === 'paste' ? { ...key, text: key.text.replace(/\n/g, ' ') } : key)
    if (filter) this.#setFilter(filter)
  }

  #overlayKey(name: string) {
    if (this.overlay === 'restart' && (name === this.options.answers.yes || name === 'enter')) {
      this.overlay = undefined
      if (this.chosen) this.options.onOpen(this.chosen, true)
    } else if (name === 'down' || name === 'wheeldown') this.overlayTop += 1
    else if (name === 'up' || name === 'wheelup') this.overlayTop = Math.max(0, this.overlayTop - 1)
    else if (name === 'pagedown') this.overlayTop += this.pageRows
    else if (name === 'pageup') this.overlayTop = Math.max(0, this.overlayTop - this.pageRows)
    else this.overlay = undefined
  }

  #setFilter(filter: Line) {
    this.filter = filter
    const levels = this.shown.flatMap((course) => course.levels)
    if (!levels.some((level) => level.id === this.chosenId)) this.#choose(levels[0]?.id)
  }

  #move(step: -1 | 1) {
    const levels = this.shown.flatMap((course) => course.levels)
    const at = levels.findIndex((level) => level.id === this.chosenId)
    const next = levels[Math.max(0, Math.min(levels.length - 1, at + step))]
    if (next) this.#choose(next.id)
  }

  #choose(id: string | undefined) {
    this.chosenId = id
    this.detailTop = 0
  }
}
