// One level being played: what the screen shows and what keys do to it. All time comes in through `tick`; all changes of the world through GameWorld.

import { safeText } from '../../lib/safe-text.ts'
import { textOf } from '../editor/buffer.ts'
import { type EditorModel, editorKey, isDirty, markSaved, openEditor } from '../editor/editor.ts'
import { type EditorScroll, editorPageRows } from '../editor/view.ts'
import { chord, type Key } from '../input/keys.ts'
import { withText } from '../input/line.ts'
import { emptyPrompt, type PromptContext, type PromptState, promptKey } from '../input/prompt.ts'
import type { PaneName } from '../layout.ts'
import type { Frozen } from '../panes/bars.ts'
import { shortSpan } from '../panes/frame.ts'
import { append, appendRows, echoRows, emptyScrollback, type Scrollback } from '../panes/scrollback.ts'
import { span } from '../text/spans.ts'
import type { Texts } from '../texts/index.ts'
import type { CommandState, Draft, GameWorld, Step, WorldFrame } from '../world.ts'
import { type Action, actionOf, actionOfDigit, MENU, SPEEDS } from './actions.ts'
import { goalNews } from './goal-news.ts'
import { isTold, type OpenedLevel, type Overlay, type PlayExit, type PlayOptions, type Told } from './play-types.ts'
import { scrollStep } from './scroll-step.ts'
import { spokenPane } from './spoken.ts'

export class Play {
  frame: WorldFrame
  prompt: PromptState
  scrollback: Scrollback = emptyScrollback
  /** Rows scrolled up from the end of the terminal. */
  up = 0
  command: CommandState = { status: 'idle', exitCode: 0 }
  /** Lines typed ahead while a command runs. */
  queue: string[] = []
  tab: PaneName = 'brief'
  focus: PaneName | undefined
  /** First row shown of each pane; for events, rows up from the end. Clamped when drawn. */
  scroll: Record<PaneName, number> = { brief: 0, cluster: 0, events: 0, goals: 0 }
  overlay: Overlay | undefined
  editor: EditorModel | undefined
  editorScroll: EditorScroll = { top: 0, left: 0 }
  speed = 1
  paused = false
  /** The first command has been given: until then the clock waits. */
  started: boolean
  /** Rows that a page moves, and the editor shows. */
  pageRows = 10
  height = 23

  readonly #world: GameWorld
  readonly #options: PlayOptions
  #revision: number
  #escaped = false
  #pendingEdit: Draft['edit']

  constructor(world: GameWorld, opened: OpenedLevel, options: PlayOptions) {
    this.#world = world
    this.#options = options
    this.frame = world.snapshot()
    this.#revision = world.revision()
    this.prompt = emptyPrompt(opened.history)
    if (opened.draft) this.prompt = { ...this.prompt, line: withText(this.prompt.line, opened.draft.prompt) }
    this.#pendingEdit = opened.draft?.edit
    this.started = this.frame.commands > 0
    if (this.started) this.tab = 'cluster'
    this.scrollback = append(this.scrollback, opened.scrollback)
    this.note(this.started ? options.texts.play.resumed : options.texts.play.welcome)
    if (options.spoken) {
      this.note(options.texts.spoken.intro)
      if (!this.started) this.#tell('brief')
    }
    this.#apply(opened.step)
  }

  get texts(): Texts {
    return this.#options.texts
  }

  get clockMs(): number {
    return this.#world.clockMs()
  }

  get frozen(): Frozen {
    if (this.editor) return 'editing'
    if (this.overlay || this.focus === 'brief') return 'reading'
    if (this.paused) return 'paused'
    return this.started ? undefined : 'unstarted'
  }

  /** What was typed and not yet handed over. */
  get draft(): Draft {
    const prompt = [...this.queue, this.prompt.line.text].join('\n')
    const editor = this.editor
    return editor && isDirty(editor) ? { prompt, edit: { path: editor.path, text: textOf(editor.buffer) } } : { prompt }
  }

  /** The game speaks in the terminal. */
  note(text: string): void {
    this.scrollback = appendRows(this.scrollback, [[span(text, 'accent')]])
  }

  keys(keys: Key[]): void {
    for (const key of keys) this.#key(key)
  }

  /** Real time went by; true when something to be seen changed. */
  tick(realMs: number): boolean {
    if (this.frozen) return false
    const before = Math.floor(this.clockMs / 1000)
    const revision = this.#revision
    const lines = this.scrollback.version
    const command = this.command
    this.#apply(this.#world.advance(realMs * this.speed))
    return (
      revision !== this.#revision ||
      lines !== this.scrollback.version ||
      command !== this.command ||
      before !== Math.floor(this.clockMs / 1000)
    )
  }

  #key(key: Key) {
    if (this.editor) return this.#editorKey(this.editor, key)
    const escaped = this.#escaped
    this.#escaped = false
    if (escaped && key.kind === 'text' && !this.overlay) {
      const action = actionOfDigit(key.text)
      if (action) return this.act(action)
    }
    if (this.overlay) return this.#overlayKey(this.overlay, key)
    const action = this.prompt.search ? undefined : actionOf(key)
    if (action) return this.act(action)
    if (this.focus && this.#paneKey(this.focus, key)) return
    if (this.#scrollKey(key)) return
    this.#promptKey(key)
  }

  /** Carries out an action by name, from a key, the menu or a test. */
  act(action: Action) {
    const { play } = this.texts
    if (this.#options.spoken && isTold(action)) return this.#tell(action)
    switch (action) {
      case 'help':
      case 'quit':
        this.overlay = { kind: action, top: 0 }
        return
      case 'menu':
        this.overlay = { kind: 'menu', chosen: 0, top: 0 }
        return
      case 'brief':
      case 'cluster':
      case 'events':
      case 'goals':
        return this.#toggleFocus(action)
      case 'hint':
        this.overlay = { kind: 'hints', top: 0 }
        if (this.frame.hintsTaken.length === 0 && this.frame.hintsLeft > 0 && this.frame.nextHintCost === 0) this.#takeHint()
        return
      case 'pause':
        this.paused = !this.paused
        return
      case 'speed':
        this.speed = SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length]!
        return
      case 'skip':
        return this.#skip()
      case 'check':
        if (this.frame.passed || this.frame.over) this.overlay = { kind: 'debrief', top: 0 }
        else if (this.command.status !== 'idle') this.note(play.busy)
        else this.#apply(this.#world.check())
        return
      case 'undo':
        if (this.command.status !== 'idle') this.note(play.busy)
        else if (this.frame.canUndo) this.#apply(this.#world.undo())
        else this.note(play.nothingToUndo)
    }
  }

  #tell(what: Told) {
    this.scrollback = appendRows(this.scrollback, spokenPane(what, this.frame, this.texts))
  }

  #toggleFocus(pane: PaneName) {
    this.focus = this.focus === pane ? undefined : pane
    this.tab = pane
  }

  #skip() {
    this.started = true
    const result = this.#world.skipToNextEvent()
    this.#apply(result)
    const time = shortSpan(result.skippedMs)
    this.note(result.event ? this.texts.play.skipped(time, safeText(result.event)) : this.texts.play.skippedNothing(time))
  }

  #takeHint() {
    const hint = this.#world.hint()
    this.#refresh()
    if (this.#options.spoken || !hint) this.note(hint ? safeText(hint.text) : this.texts.play.noHints)
  }

  #overlayKey(overlay: Overlay, key: Key) {
    const name = key.kind === 'text' ? key.text.toLowerCase() : chord(key)
    if (overlay.kind === 'quit' && this.#quitKey(name)) return
    if (overlay.kind === 'menu' && this.#menuKey(overlay, name)) return
    if (name === 'enter' && overlay.kind === 'hints' && this.frame.hintsLeft > 0) {
      this.#takeHint()
      this.overlay = { ...overlay, top: Number.MAX_SAFE_INTEGER }
      return
    }
    if (name === 'enter' && overlay.kind === 'debrief') return this.#leave('list')
    const step = scrollStep(name, this.pageRows)
    if (step !== undefined) this.overlay = { ...overlay, top: Math.max(0, overlay.top + step) }
    else if (name === 'escape' || name === 'enter' || name === 'q' || name === 'ctrl+c' || /^f\d+$/.test(name)) this.overlay = undefined
  }

  #quitKey(name: string): boolean {
    const { answers } = this.texts.quit
    if (name === answers.list || name === 'enter') this.#leave('list')
    else if (name === answers.quit || name === 'f10' || name === 'ctrl+d') this.#leave('quit')
    else return false
    return true
  }

  #menuKey(overlay: Extract<Overlay, { kind: 'menu' }>, name: string): boolean {
    const count = MENU.length
    if (name === 'up' || name === 'ctrl+p') this.overlay = { ...overlay, chosen: (overlay.chosen + count - 1) % count }
    else if (name === 'down' || name === 'ctrl+n' || name === 'tab') this.overlay = { ...overlay, chosen: (overlay.chosen + 1) % count }
    else {
      const action = name === 'enter' ? MENU[overlay.chosen]?.action : actionOfDigit(name)
      if (!action) return false
      this.overlay = undefined
      this.act(action)
    }
    return true
  }

  #leave(exit: PlayExit) {
    this.overlay = undefined
    this.#world.keepDraft(this.draft)
    this.#world.close()
    this.#options.onExit(exit)
  }

  /** True when the key was meant for the pane. */
  #paneKey(pane: PaneName, key: Key): boolean {
    if (key.kind !== 'key') {
      this.focus = undefined
      return false
    }
    const name = chord(key)
    const step = scrollStep(name, this.pageRows)
    if (step !== undefined) this.scroll = { ...this.scroll, [pane]: Math.max(0, this.scroll[pane] + (pane === 'events' ? -step : step)) }
    else if (name === 'left' || name === 'right' || name === 'tab' || name === 'shift+tab')
      this.#nextPane(pane, name === 'left' || name === 'shift+tab')
    else if (name === 'escape' || name === 'enter') this.focus = undefined
    else {
      this.focus = undefined
      return false
    }
    return true
  }

  #nextPane(pane: PaneName, back: boolean) {
    const order: PaneName[] = ['brief', 'goals', 'cluster', 'events']
    const next = order[(order.indexOf(pane) + (back ? 3 : 1)) % 4]!
    this.focus = next
    this.tab = next
  }

  #scrollKey(key: Key): boolean {
    if (key.kind !== 'key') return false
    const name = chord(key)
    const steps: Record<string, number> = { pageup: this.pageRows, pagedown: -this.pageRows, wheelup: 3, wheeldown: -3 }
    const step = steps[name]
    if (step === undefined) return false
    this.up = Math.max(0, this.up + step)
    return true
  }

  #context(): PromptContext {
    const world = this.#world
    if (this.command.status !== 'idle')
      return { completeness: () => 'complete', complete: (_, cursor) => ({ from: cursor, to: cursor, candidates: [] }) }
    return { completeness: (text) => world.completeness(text), complete: (text, cursor) => world.complete(text, cursor) }
  }

  #promptKey(key: Key) {
    const before = this.prompt.line.text
    const { state, effect, handled } = promptKey(this.prompt, key, this.#context())
    if (!handled) {
      this.#escaped = key.kind === 'key' && chord(key) === 'escape'
      return
    }
    this.prompt = state
    this.up = 0
    switch (effect?.type) {
      case 'submit':
        return this.#enter(effect.text)
      case 'interrupt':
        return this.#interrupt(before)
      case 'endOfInput':
        if (this.command.status === 'input') this.#apply(this.#world.submitInput(undefined))
        else if (this.command.status === 'idle') this.act('quit')
        return
      case 'clear':
        this.scrollback = { ...emptyScrollback, version: this.scrollback.version + 1 }
    }
  }

  #enter(text: string) {
    if (this.command.status === 'running') {
      this.queue = [...this.queue, text]
      return
    }
    this.#hand(text)
    this.#runQueue()
  }

  #runQueue() {
    while (this.queue.length > 0 && (this.command.status === 'idle' || this.command.status === 'input')) {
      const [next = '', ...rest] = this.queue
      this.queue = rest
      this.#hand(next)
    }
  }

  #hand(text: string) {
    this.#echo(text)
    if (this.command.status === 'input') return this.#apply(this.#world.submitInput(text))
    if (text.trim() === '') return
    this.started = true
    if (this.tab === 'brief' && this.focus === undefined) this.tab = 'cluster'
    this.#apply(this.#world.submitCommand(text))
  }

  #label(): string {
    return this.command.status === 'input' ? this.command.label : this.frame.promptLabel
  }

  #echo(text: string) {
    this.scrollback = appendRows(this.scrollback, echoRows(this.#label(), text), false)
  }

  #interrupt(typed: string) {
    this.queue = []
    if (this.command.status === 'idle') {
      this.#echo(`${typed}^C`)
      return
    }
    this.scrollback = appendRows(this.scrollback, [[span(`${typed}^C`)]], false)
    this.#apply(this.#world.interrupt())
  }

  #editorKey(editor: EditorModel, key: Key) {
    const { model, wish } = editorKey(editor, key, editorPageRows(this.height), this.texts.answers)
    this.editor = model
    if (!wish) return
    if (wish === 'cancel') return this.#apply(this.#world.answerEdit({ action: 'cancel' }))
    const step = this.#world.answerEdit({ action: wish, text: textOf(model.buffer) })
    if (wish === 'save') this.editor = markSaved(model, step.command.status === 'edit' ? step.command.edit.problems : [])
    this.#apply(step)
  }

  #apply(step: Step) {
    if (step.clear) this.scrollback = { ...emptyScrollback, version: this.scrollback.version + 1 }
    this.scrollback = append(this.scrollback, step.output)
    const same = step.command.status === this.command.status && (step.command.status === 'running' || step.command.status === 'idle')
    if (!same) this.command = step.command
    if (step.command.status !== 'edit') this.editor = undefined
    else if (this.editor?.requestId !== step.command.edit.id) {
      const { edit } = step.command
      const draft = this.#pendingEdit?.path === edit.path ? this.#pendingEdit.text : undefined
      this.#pendingEdit = undefined
      this.editor = openEditor(edit, draft)
      this.editorScroll = { top: 0, left: 0 }
    }
    this.#refresh()
    this.#runQueue()
  }

  #refresh() {
    const revision = this.#world.revision()
    if (revision === this.#revision) return
    const before = this.frame
    this.#revision = revision
    this.frame = this.#world.snapshot()
    if (before.objectives !== this.frame.objectives)
      this.scrollback = appendRows(this.scrollback, goalNews(before, this.frame, this.clockMs, this.texts))
    if (!this.frame.passed || before.passed) return
    // Never over what the player is typing: then a line in the terminal has to do.
    const free = !this.overlay && !this.editor && this.command.status === 'idle' && this.prompt.line.text === '' && !this.#options.spoken
    if (free) this.overlay = { kind: 'debrief', top: 0 }
    else this.note(this.texts.play.passed)
  }
}
